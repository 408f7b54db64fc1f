// SPDX-License-Identifier: Apache-2.0
// A value written as JSON text in a cell of a table.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/column_buffer.h"

namespace featc {

// Reads one cell after another; keeps its memory.
class JsonCellReader {
 public:
  JsonCellReader();
  ~JsonCellReader();
  JsonCellReader(const JsonCellReader&) = delete;
  JsonCellReader& operator=(const JsonCellReader&) = delete;

  // Appends the value to `column`, or says why it cannot, in words that follow a field's name and a
  // colon; then the column must be truncated.
  std::string append(std::string_view text, ColumnBuffer& column);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace featc
