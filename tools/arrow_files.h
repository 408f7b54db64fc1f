// SPDX-License-Identifier: Apache-2.0
// Arrow IPC and Parquet files of the program, through the module that knows libarrow.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "data/arrow/arrow_reader.h"
#include "data/result_writer.h"
#include "support/error.h"

namespace featc {

struct WriterOptions;

// The record batches of a file.
Expected<ArrowInput> openArrowFile(const std::string& path, std::string_view format);

// A file of record batches that is being written. It throws std::runtime_error where libarrow fails. What is written so
// far lies behind pointers: calls come in order, from one thread at a time.
class ArrowFile {
 public:
  // Fails with BadArgument where this featc cannot write the format.
  static Expected<std::unique_ptr<ArrowFile>> make(std::string_view format, const WriterOptions& options);
  virtual ~ArrowFile() = default;
  // Each appends bytes of the file to `out`, and takes the schema or array over.
  virtual void begin(ArrowSchema* schema, std::string& out) = 0;
  virtual void write(ArrowArray* array, std::string& out) = 0;
  virtual void end(std::string& out) = 0;
};

// Features as a file of that format, of the schema that docs/arrow.md gives, written as `options` say. It
// throws std::runtime_error where libarrow fails.
Expected<std::unique_ptr<ResultWriter>> newArrowWriter(const ProgramInfo& info, std::string_view format,
                                                       const WriterOptions& options);

}  // namespace featc
