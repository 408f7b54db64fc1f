/* SPDX-License-Identifier: Apache-2.0 */
/* featc from C: a config that is replaced while it serves. What engine/aot/run_api.h says of ownership and
 * errors holds here too.
 *
 *   featc_live* live = featc_live_open("takeaway.feat", &options, 500, &error);
 *   featc_session* session = featc_live_begin(live);   // on any thread, for each call
 *   featc_run_json(session, text, size);
 *   ...featc_result_values(session, ...)...
 *   featc_live_end(session);
 *
 * A session sees one version whole: schema, code and stores. The version's code is freed when it has been
 * replaced and its last session has ended. */
#ifndef FEATC_LIVE_API_H
#define FEATC_LIVE_API_H

#include "engine/c_api.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct featc_live featc_live;

/* Compiles the config at `path` as featc_load does. With `watch_milliseconds` its files are looked at that often,
 * imports included, and a change that has held still for as long is taken up; 0: only featc_live_reload takes
 * it up. NULL on failure, with a text in `*error` as from featc_load. `options` may be freed afterwards. */
featc_live* featc_live_open(const char* path, const featc_options* options, uint32_t watch_milliseconds, char** error);
/* Sessions may outlive it. */
void featc_live_free(featc_live* live);

typedef enum featc_reload {
  FEATC_RELOAD_SWAPPED = 0,   /* a new version serves */
  FEATC_RELOAD_UNCHANGED = 1, /* the config means what it meant; its version goes on */
  FEATC_RELOAD_FAILED = 2     /* the version that served goes on */
} featc_reload;

/* Compiles what the files hold now, on a thread of low priority, and returns when it serves or has failed; then
 * `*error` says why, to be freed by featc_free_text. Calls go on meanwhile. `error` may be NULL. */
featc_reload featc_live_reload(featc_live* live, char** error);

/* How the config has fared. `last_error` is borrowed until the next call of this function on this thread. */
typedef struct featc_live_status {
  uint64_t version;        /* number of the one that serves, from 1 */
  uint64_t fingerprint;    /* as featc_fingerprint */
  uint64_t swaps;          /* versions that came to serve, the first one too */
  uint64_t failures;       /* reloads that failed */
  uint64_t alive;          /* versions in memory: the one that serves and those that sessions still use */
  int failing;             /* whether the newest attempt failed */
  const char* last_error;  /* why the last failure was one; "" when there was none */
  int64_t last_error_time; /* seconds since 1970 */
} featc_live_status;
void featc_live_get_status(const featc_live* live, featc_live_status* status);

/* Counts, latencies and sizes of all calls of its sessions, of its reads and reloads, in Prometheus' text format;
 * docs/serving.md lists them. To be freed by featc_free_text; NULL when there is no memory. */
char* featc_metrics_text(const featc_live* live);

/* A session of the version that serves, for one thread until featc_live_end; NULL when there is no memory. It is
 * kept by the version, so a warm one costs nothing; its calls run as featc_call_options has them by default, without
 * limits. */
featc_session* featc_live_begin(featc_live* live);
/* Of a session that featc_live_begin gave, which featc_free_session must not get. */
void featc_live_end(featc_session* session);
/* The same session's version, for the functions that describe an extractor. Borrowed until featc_live_end. */
const featc_extractor* featc_live_extractor(const featc_session* session);

#ifdef __cplusplus
}
#endif

#endif
