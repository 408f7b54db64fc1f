/* SPDX-License-Identifier: Apache-2.0 */
/* featc from C, the part that runs models: load one that `featc build` made, describe it, run batches.
 * It needs no compiler, LLVM or ANTLR; featc/engine/c_api.h adds compiling configs.
 *
 * Ownership  The caller owns what load functions and featc_new_session return, and frees it
 *            with featc_free_extractor and featc_free_session. Every other pointer is borrowed: from
 *            an extractor until it is freed, from a session until its next call or until it is freed.
 * Threads    An extractor is immutable: any number of threads may use one. A session is one
 *            thread's memory: one call at a time. Free the sessions before their extractor.
 * Errors     No function aborts or throws for a bad config, bad data or a lack of memory. Strings
 *            are UTF-8 and end in NUL. Passing a freed or null handle, or columns whose buffers are
 *            shorter than they say, is undefined. */
#ifndef FEATC_RUN_API_H
#define FEATC_RUN_API_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct featc_extractor featc_extractor;
typedef struct featc_session featc_session;

/* -- Loading ---------------------------------------------------------------------------------- */

/* The store of a source: `jsonl:PATH`, a file of store rows; `lmdb:PATH`; `redis://HOST:PORT/DB`; docs/stores.md lists
 * all of them with their options. If a server or an LMDB file does not exist, loading succeeds, and reads fail until it
 * exists. A program that links a model's object file reads only `jsonl:`, unless it is also linked with the stores
 * (docs/ahead-of-time.md). */
typedef struct featc_store {
  const char* source; /* NULL: serves every source that no other entry names */
  const char* url;
} featc_store;

/* A compiled model: the object of this type in the header that `featc build --header` wrote. */
typedef struct featc_built featc_built;

/* Loads a model that is linked into this program. Returns NULL on failure; `*error` is then the reason as a text
 * (NULL if there is no memory for it), which featc_free_text frees. Loading fails if the model was
 * made by another featc, if this machine lacks instructions that it was compiled for, or if a
 * source has no store. `stores` may be NULL when `store_count` is 0; `error` may be NULL. */
featc_extractor* featc_load_built(const featc_built* built, const featc_store* stores, size_t store_count,
                                  char** error);
/* The same with a library that `featc build` made. It is unloaded with its extractor. */
featc_extractor* featc_open_built(const char* path, const featc_store* stores, size_t store_count, char** error);

/* The same for models with extern fns: `plugins` are the folders of their libraries, which must be the files
 * that the model was built with. */
featc_extractor* featc_load_built_with_plugins(const featc_built* built, const char* const* plugins,
                                               size_t plugin_count, const featc_store* stores, size_t store_count,
                                               char** error);
featc_extractor* featc_open_built_with_plugins(const char* path, const char* const* plugins, size_t plugin_count,
                                               const featc_store* stores, size_t store_count, char** error);

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
void featc_free_session(featc_session* session);

typedef enum featc_scheduler { FEATC_SCHEDULER_STAGED = 0, FEATC_SCHEDULER_PIPELINED = 1 } featc_scheduler;

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

/* What a call of a session may cost; 0 is no limit. `size` must be sizeof(featc_call_limits): a library that knows more
 * or fewer members uses it to find out which ones are present. Absent members count as 0. */
typedef struct featc_call_limits {
  size_t size;
  uint64_t reserve_microseconds;       /* reads are given up this long before the timeout, plus the time that computing
                                          took recently; 0: 2,000 */
  uint64_t max_computing_microseconds; /* without waiting for stores */
  int64_t max_items;                   /* and also of requests */
  uint64_t max_value_bytes;            /* strings, lists and maps that operators make */
  uint64_t max_result_bytes;
  uint32_t max_row_ids; /* all ids of a row together; a row with more is FEATC_TOO_MANY_IDS, and the call continues */
} featc_call_limits;
/* For all later calls of the session; NULL: no limits. */
void featc_set_call_limits(featc_session* session, const featc_call_limits* limits);

/* Why a call failed. */
typedef enum featc_failure {
  FEATC_FINE = 0,
  FEATC_BAD_BATCH = 1,  /* it does not fit the inputs, or the JSON text has no valid request */
  FEATC_NO_MEMORY = 2,  /* of the process, or of the limit for all calls together */
  FEATC_OVER_LIMIT = 3, /* the call exceeds one of its limits */
  FEATC_LATE = 4,       /* the timeout passed before its rows were computed */
  FEATC_CANCELLED = 5,  /* by featc_cancel */
  FEATC_FAILED = 6      /* anything else */
} featc_failure;

/* FEATC_FINE if the batch ran; each of its rows has a status. Otherwise featc_message gives the reason, and the result
 * is empty. */
featc_failure featc_run(featc_session* session, const featc_batch* batch);
/* The same from `size` bytes of JSON lines, each {"request": {...}, "items": [{...}, ...]}. Bad requests
 * and items are left out; featc_message has a line for each of them. FEATC_BAD_BATCH if nothing
 * is left. */
featc_failure featc_run_json(featc_session* session, const char* json, size_t size);
/* Call it from any thread: the session's running call stops soon (at once if it waits for stores) and fails. Without a
 * running call nothing happens. Do not call it from a signal handler: it takes a lock. */
void featc_cancel(featc_session* session);

/* Limits the memory of all calls of the process together, in bytes; a call that gets no more fails with
 * FEATC_NO_MEMORY. 0, the default: no limit. */
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
