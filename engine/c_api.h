/* SPDX-License-Identifier: Apache-2.0 */
/* featc from C: compile a config and load it. engine/aot/run_api.h has the functions that describe and run it, and the
 * rules of ownership, threads and errors. They are the same for a model that `featc build` compiled ahead of time. */
#ifndef FEATC_C_API_H
#define FEATC_C_API_H

#include "engine/aot/run_api.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum featc_engine {
  FEATC_ENGINE_JIT = 0,    /* native code, compiled before featc_load returns */
  FEATC_ENGINE_INTERP = 1, /* the interpreter: loads fast, runs slower */
  FEATC_ENGINE_TIERED = 2  /* the interpreter, until another thread has compiled native code */
} featc_engine;

/* All zero is the default. */
typedef struct featc_options {
  featc_engine engine;
  const char* cpu;  /* an LLVM CPU name such as "x86-64-v3"; NULL: this machine's */
  const char* root; /* imports must stay inside; NULL: the config's folder */
  const featc_store* stores;
  size_t store_count;
  const char* cache;    /* a folder that keeps compiled code; NULL: none. Only you may own and write it */
  uint64_t cache_bytes; /* its maximum size; 0: 1 GiB */
  const char* const*
      plugins; /* folders from which `extern fn` may load libraries; without one `extern fn` is an error */
  size_t plugin_count;
} featc_options;

/* Compiles the config at `path`. Returns NULL on failure; `*error` is then the reason as a text (NULL if
 * there is no memory for it), which featc_free_text frees. Loading fails if a source has no store.
 * `options` and `error` may be NULL. */
featc_extractor* featc_load(const char* path, const featc_options* options, char** error);

typedef enum featc_tier {
  FEATC_TIER_PENDING = 0, /* the interpreter answers, native code is being compiled */
  FEATC_TIER_NATIVE = 1,
  FEATC_TIER_INTERP = 2 /* the interpreter answers permanently: it was requested, or compiling failed */
} featc_tier;

/* Waits until the engine is final, at most `milliseconds`, and returns the one that answers. */
featc_tier featc_wait_native(const featc_extractor* extractor, uint32_t milliseconds);
/* Why compiling native code failed; "" if nothing has failed so far. Borrowed until
 * the next call on this thread. */
const char* featc_native_error(const featc_extractor* extractor);

#ifdef __cplusplus
}
#endif

#endif
