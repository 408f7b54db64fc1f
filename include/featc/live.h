/* SPDX-License-Identifier: Apache-2.0 */
/* featc from C: a config that is replaced while it serves. The rules of ownership and errors are those of
 * featc/run.h.
 *
 *   featc_open_options options = {.size = sizeof options, .watch_milliseconds = 500};
 *   featc_failure failed = featc_open_live("takeaway.feat", &options, &live, &error);
 *   featc_session* session = featc_live_begin(live);   // on any thread, for each call
 *   featc_run_json(session, text, size);
 *   ...featc_result_values(session, ...)...
 *   featc_live_end(session);
 *
 * A session uses one version throughout: schema, code and stores. The version's code is freed once it has been
 * replaced and its last session has ended. */
#ifndef FEATC_LIVE_API_H
#define FEATC_LIVE_API_H

#include "featc/config.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct featc_live featc_live;

/* Compiles the config at `path` as featc_open_config does, with the same failures; `options` has
 * `watch_milliseconds` too. Any number of threads may use what it opens. */
featc_failure featc_open_live(const char* path, const featc_open_options* options, featc_live** live, char** error);
/* Sessions may outlive it. */
void featc_live_free(featc_live* live);

typedef enum featc_reload {
  FEATC_RELOAD_SWAPPED = 0,   /* a new version serves */
  FEATC_RELOAD_UNCHANGED = 1, /* the config has the same meaning; its version continues to serve */
  FEATC_RELOAD_FAILED = 2     /* the old version continues to serve */
} featc_reload;

/* Compiles the current files on a thread of low priority, and returns when the new version serves or has failed; then
 * `*error` is the reason, which featc_free_text frees. Calls continue meanwhile. `error` may be NULL. */
featc_reload featc_live_reload(featc_live* live, char** error);

/* The state of the config. `last_error` is borrowed until the next call of this function on this thread. */
typedef struct featc_live_status {
  uint64_t version;        /* number of the version that serves, from 1 */
  uint64_t fingerprint;    /* as featc_fingerprint */
  uint64_t swaps;          /* versions that have served, including the first */
  uint64_t failures;       /* reloads that failed */
  uint64_t alive;          /* versions in memory: the one that serves and those that sessions still use */
  int failing;             /* whether the newest attempt failed */
  const char* last_error;  /* the reason of the last failure; "" if there was none */
  int64_t last_error_time; /* seconds since 1970 */
} featc_live_status;
void featc_live_get_status(const featc_live* live, featc_live_status* status);

/* Counts, latencies and sizes of all calls of its sessions, of its reads and reloads, in Prometheus' text format;
 * docs/serving.md lists them. featc_free_text frees it; NULL if there is no memory. */
char* featc_metrics_text(const featc_live* live);

/* A session of the version that serves, for one thread until featc_live_end; NULL if there is no memory. The version
 * keeps sessions for reuse, so a warm one costs nothing. Its calls run with the default featc_call_options, without
 * limits. */
featc_session* featc_live_begin(featc_live* live);
/* For a session from featc_live_begin; do not pass such a session to featc_free_session. Waits for a call that was
 * submitted without `done` and that featc_wait has not waited for. */
void featc_live_end(featc_session* session);
/* The session's version, for the functions that describe an extractor. Borrowed until featc_live_end. */
const featc_extractor* featc_live_extractor(const featc_session* session);

/* -- Deprecated: goes with the release after 0.1 ----------------------------------------------- */

/* As featc_open_live; NULL if it fails. */
FEATC_DEPRECATED("use featc_open_live")
featc_live* featc_live_open(const char* path, const featc_options* options, uint32_t watch_milliseconds, char** error);

#ifdef __cplusplus
}
#endif

#endif
