/* SPDX-License-Identifier: Apache-2.0 */
/* featc from C, the part that runs models: open one that `featc build` made, describe it, run batches. It needs no
 * compiler, LLVM or ANTLR; featc/config.h adds compiling configs, featc/live.h configs that are replaced while they
 * serve, featc/featc.h includes all three.
 *
 * Ownership  The caller owns what functions named open and new return, and frees it with the function named free of
 *            the same type. Every other pointer is borrowed: from an extractor until it is freed, from a session until
 *            its next call or until it is freed. Arrow's structs are owned as Arrow's C data interface says.
 * Threads    An extractor is immutable: any number of threads may use one. A session is one thread's memory: one call
 *            at a time. Free the sessions before their extractor. The function of a text, a number or a limit of the
 *            process (featc_free_text, featc_set_memory_limit ...) may be called on any thread.
 * Errors     Functions that can fail return a featc_failure, and a text says what is wrong and where. No function
 *            aborts or throws for a bad config, bad data or a lack of memory. Passing a freed handle, a null one where
 *            nothing else is said, or columns whose buffers are shorter than they say, is undefined.
 * Units      Lengths and offsets of columns count values, sizes count bytes; times are microseconds, or what the name
 *            says. Strings are UTF-8 and end in NUL.
 * Versions   Structs with `size` as the first member grow: set it to sizeof the struct, and all members that you do not
 *            need to 0. Other structs never change. */
#ifndef FEATC_RUN_API_H
#define FEATC_RUN_API_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct featc_extractor featc_extractor;
typedef struct featc_session featc_session;

/* Deprecated functions warn where they are used; define FEATC_NO_DEPRECATED to build without these warnings. */
#if defined(__GNUC__) && !defined(FEATC_NO_DEPRECATED)
#define FEATC_DEPRECATED(text) __attribute__((deprecated(text)))
#else
#define FEATC_DEPRECATED(text)
#endif

/* Why opening a model or a call failed. Later versions add values: treat one that you do not know like FEATC_FAILED. */
typedef enum featc_failure {
  FEATC_FINE = 0,
  FEATC_BAD_BATCH = 1,  /* it does not fit the inputs, or the JSON text has no valid request */
  FEATC_NO_MEMORY = 2,  /* of the process, or of the limit for all calls together */
  FEATC_OVER_LIMIT = 3, /* the call exceeds one of its limits */
  FEATC_LATE = 4,       /* the timeout passed before its rows were computed */
  FEATC_CANCELLED = 5,  /* by featc_cancel */
  FEATC_FAILED = 6,     /* anything else */
  FEATC_REFUSED = 7,    /* the SEDA executor's queue is full, or its extractor was freed before the rows were computed:
                           try again later, or elsewhere */

  FEATC_BAD_ARGUMENT = 8, /* a null pointer, an unknown option or a wrong `size` */
  FEATC_NO_FILE = 9,      /* the config or library cannot be read */
  FEATC_BAD_CONFIG =
      10, /* it has mistakes: the text lists all of them, each with FILE:LINE:COLUMN and, if known, a fix */
  FEATC_BAD_MODEL = 11,     /* the library is damaged, or featc did not build it */
  FEATC_OTHER_BUILD = 12,   /* another build of featc made the model: build it again */
  FEATC_OTHER_MACHINE = 13, /* the model, or the CPU that was asked for, has instructions that this machine lacks */
  FEATC_BAD_STORE = 14,     /* a store's URL is wrong, its file cannot be read, or a source has no store */
  FEATC_BAD_CACHE = 15      /* the cache folder cannot be used */
} featc_failure;
/* Its name without the prefix, in small letters: "over_limit"; "failed" for a value that is none. Never freed. */
const char* featc_failure_name(featc_failure failure);

/* -- Opening ---------------------------------------------------------------------------------- */

/* The store of a source: `jsonl:PATH`, a file of store rows; `lmdb:PATH`; `redis://HOST:PORT/DB`; docs/stores.md lists
 * all of them with their options. If a server or an LMDB file does not exist, loading succeeds, and reads fail until it
 * exists. A program that links a model's object file reads only `jsonl:`, unless it is also linked with the stores
 * (docs/ahead-of-time.md). */
typedef struct featc_store {
  const char* source; /* NULL: serves every source that no other entry names */
  const char* url;
} featc_store;

/* What a call of a session may cost; 0 is no limit. `size` must be sizeof(featc_call_limits). */
typedef struct featc_call_limits {
  size_t size;
  uint64_t reserve_microseconds;       /* reads are given up this long before the timeout, plus the time that computing
                                          took recently; 0: 2,000 */
  uint64_t max_computing_microseconds; /* without waiting for stores */
  int64_t max_items;                   /* and also of requests */
  uint64_t max_value_bytes;            /* strings, lists and maps that operators make */
  uint64_t max_result_bytes;
  uint32_t max_row_ids; /* all ids of a row together; a row with more is FEATC_TOO_MANY_IDS, and the call continues */
  uint32_t reserved;    /* 0, as in the other structs that have it */
} featc_call_limits;

/* The SEDA executor of an extractor: requests of many callers are joined to batches, and no thread waits for a store.
 * 0 is the default of each member. docs/serving.md describes the executor. */
typedef struct featc_seda_options {
  size_t size;                        /* sizeof(featc_seda_options) */
  uint32_t fetch_threads;             /* that compute keys and send reads; 0: 1 */
  uint32_t compute_threads;           /* that compute the rest; 0: the other cores */
  uint32_t queue_requests;            /* that may wait; 0: 1,024 */
  uint32_t batches;                   /* that are under way at most; 0: 64 */
  uint32_t batching;                  /* the most requests that are joined to a batch; 0: 32 */
  int64_t batch_items;                /* a batch takes no further request that would give it more items; 0: 8,192 */
  uint64_t longest_wait_microseconds; /* for requests to join; 0: 500 */
  int drop_oldest; /* a full queue: not 0: the request that has waited longest fails; 0: the new one does. FEATC_REFUSED
                    */
  uint32_t reserved;
} featc_seda_options;

typedef enum featc_engine {
  FEATC_ENGINE_JIT = 0,    /* native code, compiled before the config is open */
  FEATC_ENGINE_INTERP = 1, /* the interpreter: opens fast, runs slower */
  FEATC_ENGINE_TIERED = 2  /* the interpreter, until another thread has compiled native code */
} featc_engine;

/* How a model is opened, for featc_open_library, featc_open_model, featc_open_config and featc_open_live. All 0 but
 * `size` is the default. Nothing that it points to needs to stay after the call. */
typedef struct featc_open_options {
  size_t size; /* sizeof(featc_open_options) */

  const featc_store* stores; /* every source needs one */
  size_t store_count;
  const char* const*
      plugins; /* folders from which `extern fn` may load libraries; without one `extern fn` is an error */
  size_t plugin_count;
  const featc_call_limits*
      limits;            /* of every call, within which those of a session lie; NULL: none. Without `reserve` */
  uint64_t memory_bytes; /* of all calls of this extractor together, in place of the limit of the process: then neither
                            featc_set_memory_limit nor featc_memory_held counts them. 0: the process's limit holds */
  const featc_seda_options* seda; /* NULL: no executor, so neither featc_submit nor FEATC_SCHEDULER_SEDA */

  /* Of configs only; a model that is compiled already ignores the rest. */
  featc_engine engine;
  const char* cpu;      /* an LLVM CPU name such as "x86-64-v3"; NULL: this machine's */
  const char* root;     /* imports must stay inside; NULL: the config's folder */
  const char* cache;    /* a folder that keeps compiled code; NULL: none. Only you may own and write it */
  uint64_t cache_bytes; /* its maximum size; 0: 1 GiB */

  /* Of featc_open_live only: how often it checks the config's files and imports. It reloads when they have changed and
   * then stayed the same for that long. 0: only featc_live_reload reloads. */
  uint32_t watch_milliseconds;
  uint32_t reserved;
} featc_open_options;

/* A compiled model: the object of this type in the header that `featc build --header` wrote. */
typedef struct featc_built featc_built;

/* Opens a library that `featc build` made, and unloads it when the extractor is freed. `options` may be NULL. Returns
 * FEATC_FINE and the extractor in `*extractor`; otherwise NULL there and the reason as a text in `*error`, which
 * featc_free_text frees (NULL if there is no memory for it). `error` may be NULL.
 * Fails with FEATC_BAD_ARGUMENT, _NO_FILE, _BAD_MODEL, _OTHER_BUILD, _OTHER_MACHINE, _BAD_STORE, _NO_MEMORY, _FAILED.
 */
featc_failure featc_open_library(const char* path, const featc_open_options* options, featc_extractor** extractor,
                                 char** error);
/* The same for a model that is linked into this program. */
featc_failure featc_open_model(const featc_built* built, const featc_open_options* options, featc_extractor** extractor,
                               char** error);

/* The functions before featc_open_options, which do the same. They go with the release after 0.1. */
FEATC_DEPRECATED("use featc_open_model")
featc_extractor* featc_load_built(const featc_built* built, const featc_store* stores, size_t store_count,
                                  char** error);
FEATC_DEPRECATED("use featc_open_library")
featc_extractor* featc_open_built(const char* path, const featc_store* stores, size_t store_count, char** error);
FEATC_DEPRECATED("use featc_open_model")
featc_extractor* featc_load_built_with_plugins(const featc_built* built, const char* const* plugins,
                                               size_t plugin_count, const featc_store* stores, size_t store_count,
                                               char** error);
FEATC_DEPRECATED("use featc_open_library")
featc_extractor* featc_open_built_with_plugins(const char* path, const char* const* plugins, size_t plugin_count,
                                               const featc_store* stores, size_t store_count, char** error);

/* Ends the extractor's SEDA executor too: requests that have not been computed fail with FEATC_REFUSED. NULL is fine.
 * Not from a featc_done. */
void featc_free_extractor(featc_extractor* extractor);
void featc_free_text(char* text);
/* Warnings of a successful load: the config's warnings, bad store rows; "" if there are none. */
const char* featc_warnings(const featc_extractor* extractor);

/* -- Describing ------------------------------------------------------------------------------- */

typedef enum featc_scope { FEATC_SCOPE_CONSTANT = 0, FEATC_SCOPE_REQUEST = 1, FEATC_SCOPE_ITEM = 2 } featc_scope;
typedef enum featc_kind { FEATC_KIND_SPARSE = 0, FEATC_KIND_DENSE = 1, FEATC_KIND_SEQUENCE = 2 } featc_kind;

typedef struct featc_input {
  const char* name;
  const char* type; /* as in the config: "map<string, float64>?"; a timestamp is given as int64 epoch seconds */
  featc_scope scope;
  int nullable;
} featc_input;

typedef struct featc_output {
  const char* name;
  const char* type; /* of the value that is emitted */
  featc_kind kind;
  featc_scope scope;
  uint32_t slot;     /* sparse, sequence */
  uint32_t width;    /* dense */
  uint32_t length;   /* sequence; in a sequence group the maximum number of elements */
  const char* group; /* of a sequence group: its name; else "" */
  int pad_left;      /* sequences, groups: padding up to `length` comes before the first value */
} featc_output;

const char* featc_model(const featc_extractor* extractor);
/* Configs with equal fingerprints give equal results. Comments and layout do not change it. */
uint64_t featc_fingerprint(const featc_extractor* extractor);
size_t featc_input_count(const featc_extractor* extractor);
size_t featc_output_count(const featc_extractor* extractor);
/* In the order of declaration; NULL after the last. */
const featc_input* featc_input_at(const featc_extractor* extractor, size_t index);
const featc_output* featc_output_at(const featc_extractor* extractor, size_t index);

/* -- Running ---------------------------------------------------------------------------------- */

/* One Arrow array, borrowed for the call. The input's type decides which buffers are used:
 *   bool    values: bitmap            int64, float64  values: 8 bytes each
 *   string  offsets + values (bytes)  list            offsets + children[0] (elements)
 *   map     offsets + children[0] (keys) + children[1] (values) */
typedef struct featc_column {
  int64_t length;
  int64_t offset;          /* leading elements to skip, in a sliced array */
  const uint8_t* validity; /* bitmap, least significant bit first; NULL: nothing is missing */
  const void* offsets;     /* length + 1 of int32_t, or of int64_t when wide_offsets */
  const void* values;
  const struct featc_column* children[2];
  int wide_offsets;
  int absent; /* not 0: the caller has no such column, and every value is missing */
} featc_column;

/* Column i holds input i: `requests` rows for a request field, `items` rows for an item field. The
 * items of request r are rows item_offsets[r] .. item_offsets[r + 1] - 1. */
typedef struct featc_batch {
  int64_t requests;
  int64_t items;
  const int64_t* item_offsets; /* requests + 1, from 0 to items */
  const featc_column* columns;
  size_t column_count;
} featc_batch;

/* NULL if there is no memory. */
featc_session* featc_new_session(const featc_extractor* extractor);
/* Waits for a call that was submitted without `done` and that featc_wait has not waited for. */
void featc_free_session(featc_session* session);

typedef enum featc_scheduler {
  FEATC_SCHEDULER_STAGED = 0,    /* phase by phase, on the calling thread */
  FEATC_SCHEDULER_PIPELINED = 1, /* shards of items go on as their reads return, on the calling thread */
  FEATC_SCHEDULER_SEDA = 2 /* the extractor's executor computes it, the calling thread waits; a call of an extractor
                              without executor fails with FEATC_BAD_ARGUMENT */
} featc_scheduler;

/* How a session's calls run; all zero is the default. docs/serving.md says when to choose which scheduler. Programs
 * that were compiled with an older header also pass this struct, so it never grows. */
typedef struct featc_call_options {
  featc_scheduler scheduler;
  uint32_t shard_items;          /* pipelined: items computed together; 0: chosen by their number */
  uint64_t timeout_microseconds; /* a call that takes longer fails; it gives up reads earlier, and their fields are then
                                    missing */
} featc_call_options;
/* For all later calls of the session. Leaves its limits as they are. */
void featc_set_call_options(featc_session* session, const featc_call_options* options);

/* For all later calls of the session; NULL: no limits. Calls through the SEDA executor have the limits of
 * featc_open_options in their place. FEATC_BAD_ARGUMENT if `size` is wrong, or if a member is not 0 that this featc
 * does not know; the limits stay as they are then, and featc_message says why. */
featc_failure featc_set_call_limits(featc_session* session, const featc_call_limits* limits);

/* FEATC_FINE if the batch ran; each of its rows has a status. Otherwise featc_message gives the reason, and the result
 * is empty. */
featc_failure featc_run(featc_session* session, const featc_batch* batch);
/* The same from `size` bytes of JSON lines, each {"request": {...}, "items": [{...}, ...]}. Bad requests
 * and items are left out; featc_message has a line for each of them. FEATC_BAD_BATCH if nothing
 * is left. */
featc_failure featc_run_json(featc_session* session, const char* json, size_t size);
/* -- Arrow ------------------------------------------------------------------------------------ */

/* Arrow's C data interface. featc/arrow.h defines the structs for programs that have no Arrow library. docs/arrow.md
 * says which columns fit which fields, and which types the features have. */
struct ArrowSchema;
struct ArrowArray;

/* The same as featc_run from a record batch: `rows` is a struct array of the type `schema`. Columns bind by name to the
 * inputs, as `price`, or `item.price` where both scopes have a `price`. A row is one request with one item; with a
 * column `items`, a list of structs, a row is one request and the structs are its items. Columns that have their
 * input's type are read in place. featc takes `rows` over and releases it before this returns, also when the call
 * fails; `schema` stays the caller's. After FEATC_FINE featc_message has a line for each column that no input uses and
 * the like. */
featc_failure featc_run_arrow(featc_session* session, const struct ArrowSchema* schema, struct ArrowArray* rows);

/* All 0 but `size` is the default. */
typedef struct featc_arrow_options {
  size_t size;          /* sizeof(featc_arrow_options) */
  int leave_out_failed; /* rows whose status is not FEATC_OK: not 0: left out; 0: null in every column */
  int with_status;      /* not 0: one more column, row_status: "ok", "bad_input", ... */
  int large_lists;      /* not 0: lists are large_list, with 64-bit offsets that need no copy */
  uint32_t reserved;
} featc_arrow_options;

/* The schema of an extractor's features, a struct with a column for each output. The caller releases it. `options` may
 * be NULL. FEATC_FINE, FEATC_BAD_ARGUMENT or FEATC_NO_MEMORY; `*out` is released (its release is NULL) if it fails. */
featc_failure featc_arrow_schema(const featc_extractor* extractor, const featc_arrow_options* options,
                                 struct ArrowSchema* out);
/* The result of the last call of the session, whatever its input was, as a struct array of that schema: a row for each
 * item. Values that lie in memory as Arrow wants them are shared, not copied: the array is independent of the session's
 * later calls, of its end and of the extractor's. The caller releases it, on any thread. Fails with FEATC_BAD_ARGUMENT
 * if there is no result, FEATC_OVER_LIMIT if lists have more values than 32-bit offsets can count, FEATC_NO_MEMORY;
 * featc_message says why, and `*out` is released. */
featc_failure featc_result_arrow(featc_session* session, const featc_arrow_options* options, struct ArrowArray* out);

/* -- Without waiting -------------------------------------------------------------------------- */

/* Called once for each submitted call, on a thread of the executor, which serves nothing else meanwhile; never on the
 * thread that submits. The session is the caller's again: read its result, submit its next call, or free or end it. */
typedef void (*featc_done)(void* context, featc_session* session, featc_failure failure);

/* As featc_run, featc_run_json and featc_run_arrow, without waiting: the extractor's SEDA executor computes the call,
 * and then calls `done`; if that is NULL, featc_wait waits. From FEATC_FINE on until then the session must not be used
 * except by featc_wait and featc_cancel, and the memory of `batch` and `json` must stay as it is. Anything but
 * FEATC_FINE: the call was not accepted, featc_message says why, and `done` is not called. */
featc_failure featc_submit(featc_session* session, const featc_batch* batch, featc_done done, void* context);
featc_failure featc_submit_json(featc_session* session, const char* json, size_t size, featc_done done, void* context);
featc_failure featc_submit_arrow(featc_session* session, const struct ArrowSchema* schema, struct ArrowArray* rows,
                                 featc_done done, void* context);
/* Waits for a call that was submitted without `done`, and returns what became of it: once for each. */
featc_failure featc_wait(featc_session* session);

/* -- Ending calls, memory, messages ----------------------------------------------------------- */

/* Call it from any thread: the session's running call stops soon (at once if it waits for stores) and fails. Without a
 * running call nothing happens. Do not call it from a signal handler: it takes a lock. */
void featc_cancel(featc_session* session);

/* Limits the memory of all calls of the process together, in bytes, but for those of extractors with a `memory_bytes`
 * of their own. A call that gets no more fails with FEATC_NO_MEMORY. 0, the default: no limit. */
void featc_set_memory_limit(uint64_t bytes);
/* What they hold now, including memory that sessions keep for their next call and for results. */
uint64_t featc_memory_held(void);
/* The message of the last call; "" if there is none. */
const char* featc_message(const featc_session* session);

/* -- The result of the last call -------------------------------------------------------------- */

typedef enum featc_status {
  FEATC_OK = 0,
  FEATC_BAD_INPUT = 1,       /* a required field was missing or a value malformed */
  FEATC_TOO_MANY_IDS = 2,    /* an output made more ids than allowed */
  FEATC_VALUE_TOO_LARGE = 3, /* a list or a string grew beyond its limit */
  FEATC_OUT_OF_MEMORY = 4    /* the row needs more scratch memory than allowed */
} featc_status;

/* One output for all rows. A request-scope output has one row per request, an item-scope output one row per
 * item. Row i of the ids is ids[offsets[i]] .. ids[offsets[i + 1] - 1], or if `offsets` is NULL only
 * ids[i], where 0 means no id. In sequences id 0 is a missing element. If `element_offsets`
 * is not NULL, the output belongs to a sequence group: row i has elements element_offsets[i] ..
 * element_offsets[i + 1] - 1, and ids, weights and dense have elements in place of rows. */
typedef struct featc_values {
  featc_scope scope;
  int64_t rows;
  const uint64_t* ids; /* sparse, sequence */
  const int64_t* offsets;
  const float* weights; /* one per id; NULL if the output has none */
  const float* dense;   /* dense: rows * width */
  uint32_t width;
  const int64_t* element_offsets; /* rows + 1 */
} featc_values;

int64_t featc_result_requests(const featc_session* session);
int64_t featc_result_items(const featc_session* session);
/* featc_result_requests + 1 offsets: which items belong to which request. */
const int64_t* featc_result_item_offsets(const featc_session* session);
/* The status of an item; ignore the values of a row whose status is not FEATC_OK. */
featc_status featc_result_status(const featc_session* session, int64_t item);
/* The item's number among all items of the JSON text, including dropped ones; after featc_run
 * the item itself. */
uint64_t featc_result_input_row(const featc_session* session, int64_t item);
/* Fills `*values` and returns 0; not 0 if there is no such output or no result. */
int featc_result_values(const featc_session* session, size_t output, featc_values* values);
/* The outcome of the reads from a source in the last call. */
typedef struct featc_reads {
  const char* source;
  uint64_t keys; /* distinct ones: the sum of the next four */
  uint64_t found;
  uint64_t absent;
  uint64_t failed;     /* the store reported an error, or could not be reached */
  uint64_t timed_out;  /* no answer in time */
  uint64_t bad_fields; /* stored values that are not of their field's type */
  int degraded;        /* values are missing that the store may well have: one of the last three is not 0 */
} featc_reads;
/* Fills `*reads` and returns 0; not 0 after the last source or if there is no result. Sources are in the order of
 * declaration. */
int featc_result_reads(const featc_session* session, size_t source, featc_reads* reads);
/* The rows of status FEATC_OK as `featc run --format json` prints them; NULL if there is no
 * memory. */
const char* featc_result_json(featc_session* session, size_t* size);

#ifdef __cplusplus
}
#endif

#endif
