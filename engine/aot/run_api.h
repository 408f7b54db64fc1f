/* SPDX-License-Identifier: Apache-2.0 */
/* featc from C, the part that runs models: load one that `featc build` made, describe it, run batches.
 * Needs no compiler, LLVM or ANTLR beside it; featc/engine/c_api.h adds compiling configs.
 *
 * Ownership  What a load function and featc_new_session return belongs to the caller, who frees it
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

/* Where sources are read: `jsonl:PATH`, a file of store rows; `lmdb:PATH`; `redis://HOST:PORT/DB`; docs/stores.md has
 * them all, with their options. A server or an LMDB file that is not there is no failure: its reads fail until it is.
 * A program that links a model's object file has all but `jsonl:` only if it was linked so
 * (docs/ahead-of-time.md). */
typedef struct featc_store {
  const char* source; /* NULL: serves every source that no other entry names */
  const char* url;
} featc_store;

/* A compiled model: the object of this type in the header that `featc build --header` wrote. */
typedef struct featc_built featc_built;

/* A model that is linked into this program. NULL on failure; `*error` is then a text that says why
 * (NULL when there is no memory for it), to be freed by featc_free_text. It fails when the model was
 * made by another featc, when this machine lacks instructions that it was compiled for, and when a
 * source has no store. `stores` may be NULL when `store_count` is 0; `error` may be NULL. */
featc_extractor* featc_load_built(const featc_built* built, const featc_store* stores, size_t store_count,
                                  char** error);
/* The same with a library that `featc build` made; it is loaded, and unloaded with its extractor. */
featc_extractor* featc_open_built(const char* path, const featc_store* stores, size_t store_count, char** error);

/* The same of models with extern fns: `plugins` are the folders that their libraries may come from, and these
 * must be the files that the model was built with. */
featc_extractor* featc_load_built_with_plugins(const featc_built* built, const char* const* plugins,
                                               size_t plugin_count, const featc_store* stores, size_t store_count,
                                               char** error);
featc_extractor* featc_open_built_with_plugins(const char* path, const char* const* plugins, size_t plugin_count,
                                               const featc_store* stores, size_t store_count, char** error);

void featc_free_extractor(featc_extractor* extractor);
void featc_free_text(char* text);
/* What was odd though loading went well: the config's warnings, bad store rows; "" when nothing. */
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
  uint32_t length;   /* sequence; in a sequence group the most elements */
  const char* group; /* of a sequence group: its name; else "" */
  int pad_left;      /* sequences, groups: who fills rows up to `length` does so before their first value */
} featc_output;

const char* featc_model(const featc_extractor* extractor);
/* Tells one config from another: equal ones give equal results. Comments and layout do not change it. */
uint64_t featc_fingerprint(const featc_extractor* extractor);
size_t featc_input_count(const featc_extractor* extractor);
size_t featc_output_count(const featc_extractor* extractor);
/* In the order of declaration; NULL past the last. */
const featc_input* featc_input_at(const featc_extractor* extractor, size_t index);
const featc_output* featc_output_at(const featc_extractor* extractor, size_t index);

/* -- Running ---------------------------------------------------------------------------------- */

/* One Arrow array, borrowed for the call. Which buffers are used follows from the input's type:
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
  int absent; /* there is no such column: every value is missing */
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

/* NULL when there is no memory. */
featc_session* featc_new_session(const featc_extractor* extractor);
void featc_free_session(featc_session* session);

typedef enum featc_scheduler { FEATC_SCHEDULER_STAGED = 0, FEATC_SCHEDULER_PIPELINED = 1 } featc_scheduler;

/* How a session's calls run; all zero is the default. docs/serving.md says when to choose what. Programs that were
 * compiled with an older header pass this struct too, so it never grows. */
typedef struct featc_call_options {
  featc_scheduler scheduler;
  uint32_t shard_items;          /* pipelined: items computed together; 0: chosen by their number */
  uint64_t timeout_microseconds; /* a call that takes longer fails; reads are given up earlier and are missing then */
} featc_call_options;
/* For all later calls of the session. Leaves its limits as they are. */
void featc_set_call_options(featc_session* session, const featc_call_options* options);

/* What a call of a session may cost; 0 is no limit. `size` must be sizeof(featc_call_limits): it tells a library that
 * knows more members, or fewer, which ones there are, and those that are not there are 0. */
typedef struct featc_call_limits {
  size_t size;
  uint64_t reserve_microseconds; /* how much before the timeout reads are given up, beside what computing took lately;
                                    0: 2,000 */
  uint64_t max_computing_microseconds; /* waiting for stores left out */
  int64_t max_items;                   /* and as many requests */
  uint64_t max_value_bytes;            /* strings, lists and maps that operators make */
  uint64_t max_result_bytes;
  uint32_t max_row_ids; /* all ids of a row together; a row with more is FEATC_TOO_MANY_IDS, the call goes on */
} featc_call_limits;
/* For all later calls of the session; NULL: as it was made, without limits. */
void featc_set_call_limits(featc_session* session, const featc_call_limits* limits);

/* Why a call failed. */
typedef enum featc_failure {
  FEATC_FINE = 0,
  FEATC_BAD_BATCH = 1,  /* it does not fit the inputs, or the JSON text has no request that does */
  FEATC_NO_MEMORY = 2,  /* the process has none, or its calls hold what they may hold together */
  FEATC_OVER_LIMIT = 3, /* the call costs more than it may */
  FEATC_LATE = 4,       /* its time was over before its rows were computed */
  FEATC_CANCELLED = 5,  /* by featc_cancel */
  FEATC_FAILED = 6      /* anything else */
} featc_failure;

/* FEATC_FINE when the batch ran; its rows have a status each. Otherwise featc_message says why not, and the result is
 * empty. */
featc_failure featc_run(featc_session* session, const featc_batch* batch);
/* The same from `size` bytes of JSON lines, each {"request": {...}, "items": [{...}, ...]}. Requests
 * and items that are bad are left out; featc_message tells of each, a line each. FEATC_BAD_BATCH when nothing
 * is left. */
featc_failure featc_run_json(featc_session* session, const char* json, size_t size);
/* From any thread: the call that the session is in stops soon, or at once where it waits for stores, and fails. Nothing
 * happens where it is in none. Not from a signal handler: it takes a lock. */
void featc_cancel(featc_session* session);

/* What all calls of the process may hold together, in bytes; a call that finds no more fails with FEATC_NO_MEMORY.
 * 0: as much as there is, the default. */
void featc_set_memory_limit(uint64_t bytes);
/* What they hold now, what sessions keep for their next call and results among it. */
uint64_t featc_memory_held(void);
/* What the last call had to say; "" when nothing. */
const char* featc_message(const featc_session* session);

/* -- The result of the last call -------------------------------------------------------------- */

typedef enum featc_status {
  FEATC_OK = 0,
  FEATC_BAD_INPUT = 1,       /* a required field was missing or a value malformed */
  FEATC_TOO_MANY_IDS = 2,    /* an output made more ids than allowed */
  FEATC_VALUE_TOO_LARGE = 3, /* a list or a string grew beyond its limit */
  FEATC_OUT_OF_MEMORY = 4    /* the row needs more scratch memory than allowed */
} featc_status;

/* One output for all rows. A request-scope output has a row a request, an item-scope one a row an
 * item; row i of the ids is ids[offsets[i]] .. ids[offsets[i + 1] - 1], or where `offsets` is NULL
 * ids[i] alone, 0 being none. Sequences have id 0 where an element is missing. Where `element_offsets`
 * is not NULL the output belongs to a sequence group: row i has elements element_offsets[i] ..
 * element_offsets[i + 1] - 1, and what is said of rows holds for elements. */
typedef struct featc_values {
  featc_scope scope;
  int64_t rows;
  const uint64_t* ids; /* sparse, sequence */
  const int64_t* offsets;
  const float* weights; /* one an id; NULL where the output has none */
  const float* dense;   /* dense: rows * width */
  uint32_t width;
  const int64_t* element_offsets; /* rows + 1 */
} featc_values;

int64_t featc_result_requests(const featc_session* session);
int64_t featc_result_items(const featc_session* session);
/* featc_result_requests + 1 offsets: which items belong to which request. */
const int64_t* featc_result_item_offsets(const featc_session* session);
/* Of an item; what a row of another status than FEATC_OK holds is worthless. */
featc_status featc_result_status(const featc_session* session, int64_t item);
/* The item's number among all items of the JSON text, dropped ones counted; the item itself after
 * featc_run. */
uint64_t featc_result_input_row(const featc_session* session, int64_t item);
/* 0 and `*values` filled, or not 0 where there is no such output or no result. */
int featc_result_values(const featc_session* session, size_t output, featc_values* values);
/* What became of the keys asked of a source in the last call. */
typedef struct featc_reads {
  const char* source;
  uint64_t keys; /* distinct ones: the sum of the next four */
  uint64_t found;
  uint64_t absent;
  uint64_t failed;     /* the store said so, or could not be reached */
  uint64_t timed_out;  /* no answer in time */
  uint64_t bad_fields; /* stored values that are not of their field's type */
  int degraded;        /* rows miss what the store may well have: one of the last three is not 0 */
} featc_reads;
/* 0 and `*reads` filled, or not 0 past the last source or where there is no result. Sources are in the order of
 * declaration. */
int featc_result_reads(const featc_session* session, size_t source, featc_reads* reads);
/* The rows of status FEATC_OK as `featc run --format json` prints them; NULL when there is no
 * memory. */
const char* featc_result_json(featc_session* session, size_t* size);

#ifdef __cplusplus
}
#endif

#endif
