/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that between them take and give every kind of value, see missing ones and fail. */
#include <string.h>

#include "featc/plugin.h"

/* a, or a and b with a bar between them. */
static void join(featc_call* call) {
  const featc_string* a = call->arguments[0].cells;
  const featc_string* b = call->arguments[1].cells;
  const uint8_t* has_b = call->arguments[1].valid;
  featc_string* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) {
    if (has_b[row] == 0) {
      results[row] = a[row];
      continue;
    }
    uint64_t size = a[row].size + 1 + b[row].size;
    char* text = call->allocate(call, row, size);
    if (text == NULL) continue;
    if (a[row].size > 0) memcpy(text, a[row].data, a[row].size);
    text[a[row].size] = '|';
    if (b[row].size > 0) memcpy(text + a[row].size + 1, b[row].data, b[row].size);
    results[row].data = text;
    results[row].size = size;
  }
}

/* Missing where a is odd. */
static void half(featc_call* call) {
  const int64_t* a = call->arguments[0].cells;
  double* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) {
    if (a[row] % 2 != 0) continue;
    results[row] = (double)a[row] / 2;
    call->results_valid[row] = 1;
  }
}

/* Of what is there; -1 where there is no list. */
static void total(featc_call* call) {
  const featc_list* a = call->arguments[0].cells;
  const uint8_t* has_a = call->arguments[0].valid;
  double* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) {
    if (has_a[row] == 0) {
      results[row] = -1;
      continue;
    }
    const double* values = a[row].data;
    double sum = 0;
    for (uint64_t i = 0; i < a[row].size; ++i)
      if (a[row].valid == NULL || a[row].valid[i] != 0) sum += values[i];
    results[row] = sum;
  }
}

/* One string a byte; an `a` is missing. */
static void bytes(featc_call* call) {
  const featc_string* a = call->arguments[0].cells;
  featc_list* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) {
    if (a[row].size == 0) continue;
    featc_string* words = call->allocate(call, row, a[row].size * sizeof *words);
    uint8_t* valid = call->allocate(call, row, a[row].size);
    if (words == NULL || valid == NULL) continue;
    for (uint64_t i = 0; i < a[row].size; ++i) {
      words[i].data = a[row].data + i;
      words[i].size = 1;
      valid[i] = a[row].data[i] != 'a';
    }
    results[row].data = words;
    results[row].valid = valid;
    results[row].size = a[row].size;
  }
}

/* True where a is missing, false where it is false, missing where it is true. */
static void negation(featc_call* call) {
  const uint8_t* a = call->arguments[0].cells;
  const uint8_t* has_a = call->arguments[0].valid;
  uint8_t* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) {
    results[row] = has_a[row] == 0;
    call->results_valid[row] = a[row] == 0;
  }
}

/* Fails where b is 0 and where the quotient is none. */
static void ratio(featc_call* call) {
  const int64_t* a = call->arguments[0].cells;
  const int64_t* b = call->arguments[1].cells;
  int64_t* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) {
    if (b[row] == 0 || (a[row] == INT64_MIN && b[row] == -1))
      call->fail(call, row);
    else
      results[row] = a[row] / b[row];
  }
}

static const featc_plugin_function functions[] = {
    {"x_join", "(string, string?) -> string", join},   {"x_half", "(int64) -> float64?", half},
    {"x_total", "(list<float64>?) -> float64", total}, {"x_bytes", "(string) -> list<string>", bytes},
    {"x_not", "(bool?) -> bool?", negation},           {"x_ratio", "(int64, int64) -> int64", ratio},
};
const featc_plugin featc_plugin_descriptor = {FEATC_PLUGIN_ABI, sizeof functions / sizeof *functions, functions};
