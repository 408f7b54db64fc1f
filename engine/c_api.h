/* SPDX-License-Identifier: Apache-2.0 */
/* featc from C: compile a config and load it. What describes and runs it, and the rules of ownership,
 * threads and errors, are in engine/aot/run_api.h: they are the same for a model that `featc build` compiled
 * ahead of time. */
#ifndef FEATC_C_API_H
#define FEATC_C_API_H

#include "engine/aot/run_api.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum featc_engine {
  FEATC_ENGINE_JIT = 0,    /* native code, compiled before featc_load returns */
  FEATC_ENGINE_INTERP = 1, /* the interpreter: loads fast, runs slower */
  FEATC_ENGINE_TIERED = 2  /* the interpreter until native code was compiled on another thread */
} featc_engine;

/* All zero is the default. */
typedef struct featc_options {
  featc_engine engine;
  const char* cpu;  /* an LLVM CPU name such as "x86-64-v3"; NULL: this machine's */
  const char* root; /* imports must stay inside; NULL: the config's folder */
  const featc_store* stores;
  size_t store_count;
  const char* cache;          /* a folder that keeps what was compiled; NULL: none. Only you may own and write it */
  uint64_t cache_bytes;       /* what it may hold; 0: 1 GiB */
  const char* const* plugins; /* folders that `extern fn` may load libraries from; none: it is an error */
  size_t plugin_count;
} featc_options;

/* Compiles the config at `path`. NULL on failure; `*error` is then a text that says why (NULL when
 * there is no memory for it), to be freed by featc_free_text. A source without a store is a failure.
 * `options` and `error` may be NULL. */
featc_extractor* featc_load(const char* path, const featc_options* options, char** error);

typedef enum featc_tier {
  FEATC_TIER_PENDING = 0, /* the interpreter answers, native code is being compiled */
  FEATC_TIER_NATIVE = 1,
  FEATC_TIER_INTERP = 2 /* the interpreter answers and goes on to: asked for, or compiling failed */
} featc_tier;

/* Which engine answers, once that is settled or `milliseconds` have passed. */
featc_tier featc_wait_native(const featc_extractor* extractor, uint32_t milliseconds);
/* Why there is no native code though there should be; "" when nothing went wrong so far. Borrowed until
 * the next call on this thread. */
const char* featc_native_error(const featc_extractor* extractor);

#ifdef __cplusplus
}
#endif

#endif
