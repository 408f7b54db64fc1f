// SPDX-License-Identifier: Apache-2.0
// What the module featc_arrow_files.so offers: files as streams of Arrow's C interface. Functions of C, so that
// the module and the program that loads it need not agree on any C++ library.
#pragma once

#include <cstdint>

#include "data/arrow/c_interface.h"

extern "C" {

typedef void (*FeatcArrowSink)(void* context, const void* bytes, int64_t size);

// What is wanted of a column: nothing, to know where it is missing, or its values.
enum FeatcArrowWanted { FEATC_ARROW_NOTHING, FEATC_ARROW_PRESENCE, FEATC_ARROW_VALUES };

// Each function but `drop` gives null, or what went wrong, to be freed with free().
struct FeatcArrowFiles {
  // Makes `out` the record batches of a file: with `parquet` a Parquet file, else Arrow IPC, be it a file or a
  // stream. `path` "-" is stdin, of an Arrow stream only.
  // `file` is for choose(), and lives as long as the stream.
  char* (*open)(const char* path, int parquet, struct ArrowArrayStream* out, void** file);
  // Before the first batch, after which the schema no longer changes: only columns i of which `wanted[i]` is not
  // NOTHING are read. It may raise one, since a batch without columns has no rows, and makes PRESENCE to NOTHING where
  // the file says that no value is missing.
  char* (*choose)(void* file, uint8_t* wanted);
  // After choose(), instead of the stream: for a file that several threads may decode, how many rows it has, in pieces
  // of how many. `pieceRows` is 0 where there is only the stream.
  char* (*pieces)(void* file, int64_t* rows, int64_t* pieceRows);
  // Makes `out` the rows of piece number `piece`, which is from any thread, but once each.
  char* (*read)(void* file, int64_t piece, struct ArrowArrayStream* out);

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
#define FEATC_ARROW_FILES_VERSION 4
const struct FeatcArrowFiles* featcArrowFiles(uint32_t version);
}
