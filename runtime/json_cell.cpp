// SPDX-License-Identifier: Apache-2.0
// A value written as JSON text in a cell of a table.
#include "runtime/json_cell.h"

#include <fmt/format.h>

#include "runtime/json_column.h"
#include "runtime/json_value.h"

namespace featc {

struct JsonCellReader::Parser {
  simdjson::ondemand::parser parser;
  JsonColumnDecoder decoder;
  std::string padded;

  simdjson::error_code read(std::string_view text, ColumnBuffer& column) {
    padded.assign(text);
    padded.append(simdjson::SIMDJSON_PADDING, ' ');
    simdjson::ondemand::document document;
    if (auto error = parser.iterate(padded.data(), text.size(), padded.size()).get(document)) return error;
    simdjson::ondemand::value value;
    if (auto error = document.get_value().get(value)) return error;
    if (auto error = decoder.decode(value, column)) return error;
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
  }
};

JsonCellReader::JsonCellReader() : parser_(std::make_unique<Parser>()) {}
JsonCellReader::~JsonCellReader() = default;

std::string JsonCellReader::append(std::string_view text, ColumnBuffer& column) {
  constexpr size_t kShownBytes = 40;
  size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (text[first] != '[' && text[first] != '{'))
    return fmt::format("expected {} as JSON, found {}{}", toString(column.type()), quote(text.substr(0, kShownBytes)),
                       text.size() > kShownBytes ? "..." : "");
  parser_->decoder.clearProblem();
  if (auto error = parser_->read(text, column))
    return fmt::format("expected {} as JSON, but {}", toString(column.type()), jsonErrorText(error));
  return parser_->decoder.problem();
}

}  // namespace featc
