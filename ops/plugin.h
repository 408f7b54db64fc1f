/* SPDX-License-Identifier: Apache-2.0 */
/* What a plug-in for featc looks like: a shared library with functions that configs declare by
 * `extern fn` and call like operators. docs/plugins.md says how one is written, built and allowed.
 *
 * Contract   A function is pure: equal arguments give equal results, to the bit, in every process and on
 *            every machine, whatever other rows a call has. featc may call it at any time, as often as it
 *            likes, also when a config is compiled. It neither blocks nor throws.
 * Threads    Any number of threads may call a function at the same time.
 * Memory     Arguments may be read until the function returns. What results point to must live until
 *            the caller has read them: it comes from `allocate`, is part of an argument, or never goes.
 * Trust      A plug-in is code of the process: featc checks what it declares, not what it does. */
#ifndef FEATC_PLUGIN_H
#define FEATC_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when this header changes in a way that old plug-ins do not fit. */
#define FEATC_PLUGIN_ABI 1u

/* The cells of a column. A bool is a uint8_t (0 or 1), an int64 an int64_t, a float64 a double (it may be
 * infinite or no number), a string a featc_string, a list a featc_list. */
typedef struct featc_string {
  const char* data; /* any bytes; no NUL at the end */
  uint64_t size;
} featc_string;

typedef struct featc_list {
  const void* data;     /* `size` cells of the element's type */
  const uint8_t* valid; /* one byte an element, 0: it is missing; NULL: all are there */
  uint64_t size;
} featc_list;

/* One argument for `rows` rows. */
typedef struct featc_argument {
  const void* cells;
  /* One byte a row, 0: the argument is missing and its cell is zero. NULL where the parameter's type has
   * no "?": rows that lack such an argument are missing already and are not among those of the call. */
  const uint8_t* valid;
} featc_argument;

typedef struct featc_call featc_call;
struct featc_call {
  /* Memory for the result of row `row`, aligned to 16, or NULL: the row takes more than it may and has
   * failed already; leave its cell as it is and go on with the next. */
  void* (*allocate)(featc_call* call, uint64_t row, uint64_t bytes);
  /* The row's arguments make no sense: it is reported and counted as bad input, its result is not used. */
  void (*fail)(featc_call* call, uint64_t row);

  uint64_t rows;
  const featc_argument* arguments;
  /* `rows` cells to be written, all zero bytes before. */
  void* results;
  /* One byte a row, to be set to 1 where there is a result; all 0 before. NULL where the result's type has
   * no "?": then every row has one. */
  uint8_t* results_valid;
};

/* Computes all rows of a call. */
typedef void (*featc_function)(featc_call* call);

typedef struct featc_plugin_function {
  const char* name;
  /* The types alone, as in a config: "(string, int64?) -> list<float64>?". They are bool, int64, float64,
   * string and lists of these; a "?" may stand behind each. A declaration must say the same. */
  const char* signature;
  featc_function function;
} featc_plugin_function;

typedef struct featc_plugin {
  uint32_t abi; /* FEATC_PLUGIN_ABI of the header that the plug-in was compiled with */
  uint32_t function_count;
  const featc_plugin_function* functions;
} featc_plugin;

/* Every plug-in exports an object of this type with C linkage under this name. */
#if defined(__GNUC__)
#define FEATC_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define FEATC_PLUGIN_EXPORT
#endif
extern FEATC_PLUGIN_EXPORT const featc_plugin featc_plugin_descriptor;

#ifdef __cplusplus
}
#endif

#endif
