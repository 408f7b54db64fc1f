/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the tensor sequences of a file as featc writes CSV, items that failed left out. */
#include "tensor_sequence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void print_cell(const featc_ts_tensor* t, uint64_t cell) {
  uint64_t count, weights, i;
  const float* floats = featc_ts_row_floats(t, cell, &count);
  if (floats != NULL) {
    for (i = 0; i < count; ++i) printf("%s%g", i == 0 ? "" : "|", (double)floats[i]);
    return;
  }
  const uint64_t* ids = featc_ts_row_ids(t, cell, &count);
  const float* weight = featc_ts_row_weights(t, cell, &weights);
  for (i = 0; i < count; ++i) {
    printf("%s%" PRIu64, i == 0 ? "" : "|", ids[i]);
    if (weight != NULL) printf(":%g", (double)weight[i]);
  }
}

/* A row: one cell, or of a sequence group its elements; one without an id is 0. */
static void print_row(const featc_ts_tensor* t, uint64_t row) {
  int32_t e;
  uint64_t count;
  if (t->element_offsets == NULL) {
    print_cell(t, row);
    return;
  }
  for (e = t->element_offsets[row]; e < t->element_offsets[row + 1]; ++e) {
    if (e > t->element_offsets[row]) putchar(';');
    if (featc_ts_row_floats(t, (uint64_t)e, &count) == NULL &&
        (featc_ts_row_ids(t, (uint64_t)e, &count) == NULL || count == 0))
      putchar('0');
    else
      print_cell(t, (uint64_t)e);
  }
}

static void print_items(const featc_ts* ts) {
  uint64_t r;
  int64_t m;
  uint32_t t;
  for (r = 0; r < ts->requests; ++r)
    for (m = ts->item_offsets[r]; m < ts->item_offsets[r + 1]; ++m) {
      if (ts->status[m] != 0) continue;
      for (t = 0; t < ts->tensors; ++t) {
        featc_ts_tensor tensor = featc_ts_get(ts, t);
        if (t > 0) putchar(',');
        print_row(&tensor, tensor.r_flag ? r : (uint64_t)m);
      }
      putchar('\n');
    }
}

int main(int argc, char** argv) {
  FILE* file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  size_t size = 0, at = 0;
  char* data = NULL;
  if (file == NULL) return 2;
  for (;;) {
    size_t n;
    data = (char*)realloc(data, size + 65536); /* at a multiple of 8, as malloc's memory is */
    n = data == NULL ? 0 : fread(data + size, 1, 65536, file);
    if (n == 0) break;
    size += n;
  }
  fclose(file);
  while (at < size) {
    featc_ts ts;
    const char* problem = featc_ts_open(&ts, data + at, size - at, 0);
    if (problem != NULL) {
      fprintf(stderr, "%s\n", problem);
      return 1;
    }
    if (at == 0) {
      uint32_t t;
      for (t = 0; t < ts.tensors; ++t) {
        featc_ts_tensor tensor = featc_ts_get(&ts, t);
        printf("%s%.*s", t == 0 ? "" : ",", (int)tensor.name_bytes, tensor.name);
      }
      putchar('\n');
    }
    print_items(&ts);
    at += (size_t)featc_ts_total_bytes(data + at, size - at);
  }
  free(data);
  return 0;
}
