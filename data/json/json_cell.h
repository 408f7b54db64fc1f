// SPDX-License-Identifier: Apache-2.0
// A value written as JSON text in a cell of a table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "data/json/json_structs.h"

namespace featc {

// Reads one cell after another; keeps its memory.
class JsonCellReader {
 public:
  // Appends the value to `column`, or says why it cannot, in words that follow a field's name and a
  // colon; then the column must be truncated.
  std::string append(std::string_view text, JsonPlace place, ColumnBuffer& column);
  // The same for a list of structs, into its members' columns.
  std::string appendStructs(std::string_view text, JsonPlace place, std::span<const JsonMember> members,
                            const UnknownMember& unknown);

 private:
  // `decode(value)` appends the value that the text is.
  template <class Decode>
  std::string read(std::string_view text, std::string_view wanted, Decode&& decode);

  simdjson::ondemand::parser parser_;
  JsonColumnDecoder decoder_;
  std::string padded_;
};

}  // namespace featc
