/* SPDX-License-Identifier: Apache-2.0 */
/* The interface of a plug-in for featc: a shared library with functions that configs declare with
 * `extern fn` and call like operators. docs/plugins.md says how to write, build and allow one.
 *
 * Contract   A function is pure: equal arguments give equal results, to the bit, in every process and on
 *            every machine, independent of the other rows of a call. featc may call it at any time and any
 *            number of times, also while it compiles a config. It must not block or throw.
 * Threads    Any number of threads may call a function at the same time.
 * Memory     Arguments are valid until the function returns. Memory that results point to must be valid until
 *            the caller has read them: take it from `allocate` or from an argument, or use static memory.
 * Trust      A plug-in runs as part of the process: featc checks its declarations, not its behaviour. */
#ifndef FEATC_PLUGIN_H
#define FEATC_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Increases when this header changes so that old plug-ins no longer work. */
#define FEATC_PLUGIN_ABI 1u

/* The cells of a column. A bool is a uint8_t (0 or 1), an int64 an int64_t, a float64 a double (it may be
 * infinite or not a number), a string a featc_string, a list a featc_list. */
typedef struct featc_string {
  const char* data; /* any bytes; no NUL at the end */
  uint64_t size;
} featc_string;

typedef struct featc_list {
  const void* data;     /* `size` cells of the element's type */
  const uint8_t* valid; /* one byte per element, 0: it is missing; NULL: none is missing */
  uint64_t size;
} featc_list;

/* One argument for `rows` rows. */
typedef struct featc_argument {
  const void* cells;
  /* One byte per row, 0: the argument is missing and its cell is zero. NULL if the parameter's type has
   * no "?": featc leaves out rows in which such an argument is missing. */
  const uint8_t* valid;
} featc_argument;

typedef struct featc_call featc_call;
struct featc_call {
  /* Memory for the result of row `row`, aligned to 16, or NULL: the row exceeds its memory and has
   * already failed; leave its cell unchanged and continue with the next row. */
  void* (*allocate)(featc_call* call, uint64_t row, uint64_t bytes);
  /* The row's arguments make no sense: it is reported and counted as bad input, its result is not used. */
  void (*fail)(featc_call* call, uint64_t row);

  uint64_t rows;
  const featc_argument* arguments;
  /* Write `rows` cells here; all bytes are zero at first. */
  void* results;
  /* One byte per row: set it to 1 if there is a result; all are 0 at first. NULL if the result's type has
   * no "?": then every row has a result. */
  uint8_t* results_valid;
};

/* Computes all rows of a call. */
typedef void (*featc_function)(featc_call* call);

typedef struct featc_plugin_function {
  const char* name;
  /* The types alone, as in a config: "(string, int64?) -> list<float64>?". They are bool, int64, float64,
   * string and lists of these; each may have a "?". A declaration must have the same types. */
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
