/* SPDX-License-Identifier: Apache-2.0 */
/* featc from C: open a config. featc/run.h has the functions that describe and run it, and the rules of ownership,
 * threads and errors. They are the same for a model that `featc build` compiled ahead of time. */
#ifndef FEATC_C_API_H
#define FEATC_C_API_H

#include "featc/run.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Compiles the config at `path`. As featc_open_library, and fails with FEATC_BAD_ARGUMENT, _NO_FILE, _BAD_CONFIG,
 * _BAD_CACHE, _OTHER_MACHINE, _BAD_STORE, _NO_MEMORY, _FAILED. */
featc_failure featc_open_config(const char* path, const featc_open_options* options, featc_extractor** extractor,
                                char** error);

typedef enum featc_tier {
  FEATC_TIER_PENDING = 0, /* the interpreter answers, native code is being compiled */
  FEATC_TIER_NATIVE = 1,
  FEATC_TIER_INTERP = 2 /* the interpreter answers permanently: it was requested, or compiling failed */
} featc_tier;

/* Waits until the engine is final, at most `milliseconds`, and returns the one that answers. On any thread. */
featc_tier featc_wait_native(const featc_extractor* extractor, uint32_t milliseconds);
/* Why compiling native code failed; "" if nothing has failed so far. Borrowed until the next call on this thread. */
const char* featc_native_error(const featc_extractor* extractor);

/* -- Deprecated: these go with the release after 0.1 ------------------------------------------- */

/* All zero is the default; members as in featc_open_options. */
typedef struct featc_options {
  featc_engine engine;
  const char* cpu;
  const char* root;
  const featc_store* stores;
  size_t store_count;
  const char* cache;
  uint64_t cache_bytes;
  const char* const* plugins;
  size_t plugin_count;
} featc_options;

/* As featc_open_config; NULL if it fails. */
FEATC_DEPRECATED("use featc_open_config")
featc_extractor* featc_load(const char* path, const featc_options* options, char** error);

#ifdef __cplusplus
}
#endif

#endif
