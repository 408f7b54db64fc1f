// SPDX-License-Identifier: Apache-2.0
// What the module featc_arrow_files.so offers: files as streams of Arrow's C interface. Functions of C, so that
// the module and the program that loads it need not agree on any C++ library.
#pragma once

#include <cstdint>

#include "data/arrow/c_interface.h"

extern "C" {

typedef void (*FeatcArrowSink)(void* context, const void* bytes, int64_t size);

// Each function but `drop` gives null, or what went wrong, to be freed with free().
struct FeatcArrowFiles {
  // Makes `out` the record batches of a file: with `parquet` a Parquet file, else Arrow IPC, be it a file or a
  // stream. `path` "-" is stdin, of an Arrow stream only.
  char* (*open)(const char* path, int parquet, struct ArrowArrayStream* out);

  // Begins a file of record batches of `schema`, which is taken over: with `parquet` a Parquet file, else an Arrow IPC
  // file; compressed where `zstd`. Its bytes are handed to `sink` as they come, in this call and those on `writer`.
  char* (*create)(int parquet, int zstd, struct ArrowSchema* schema, FeatcArrowSink sink, void* context, void** writer);
  // Takes the array over.
  char* (*write)(void* writer, struct ArrowArray* array);
  // Writes the table of contents at the end, without which a file is visibly cut.
  char* (*finish)(void* writer);
  void (*drop)(void* writer);
};

// Grows with every change of the struct.
#define FEATC_ARROW_FILES_VERSION 2
const struct FeatcArrowFiles* featcArrowFiles(uint32_t version);
}
