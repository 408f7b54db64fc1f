// SPDX-License-Identifier: Apache-2.0
// What the module featc_arrow_files.so offers: files as streams of Arrow's C interface. Functions of C, so that
// the module and the program that loads it need not agree on any C++ library.
#pragma once

#include <cstdint>

#include "runtime/arrow/c_interface.h"

extern "C" {

// The function gives null, or what went wrong, to be freed with free().
struct FeatcArrowFiles {
  // Makes `out` the record batches of a file: with `parquet` a Parquet file, else Arrow IPC, be it a file or a
  // stream. `path` "-" is stdin, of an Arrow stream only.
  char* (*open)(const char* path, int parquet, struct ArrowArrayStream* out);
};

// Grows with every change of the struct.
#define FEATC_ARROW_FILES_VERSION 1
const struct FeatcArrowFiles* featcArrowFiles(uint32_t version);
}
