// SPDX-License-Identifier: Apache-2.0
// A value written as JSON text in a cell of a table.
#include "data/json/json_cell.h"

#include <fmt/format.h>

#include "data/json/json_fault.h"
#include "support/json_document.h"
#include "values/value.h"

namespace featc {
namespace {

constexpr size_t kShownBytes = 40;

}  // namespace

template <class Decode>
std::string JsonCellReader::read(std::string_view text, std::string_view wanted, Decode&& decode) {
  size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (text[first] != '[' && text[first] != '{'))
    return fmt::format("expected {} as JSON, found {}{}", wanted, quote(text.substr(0, kShownBytes)),
                       text.size() > kShownBytes ? "..." : "");
  decoder_.clearProblem();
  padded_.assign(text);
  padded_.append(simdjson::SIMDJSON_PADDING, ' ');
  auto parse = [&]() -> simdjson::error_code {
    simdjson::ondemand::document document;
    if (auto error = startJson(parser_, padded_.data(), text.size(), padded_.size(), document)) return error;
    simdjson::ondemand::value value;
    if (auto error = document.get_value().get(value)) return error;
    if (auto error = decode(value)) return error;
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
  };
  if (auto error = parse()) return fmt::format("expected {} as JSON, but {}", wanted, jsonFaultText(text, error));
  return decoder_.problem();
}

std::string JsonCellReader::append(std::string_view text, JsonPlace place, ColumnBuffer& column) {
  decoder_.setPlace(place);
  return read(text, toString(column.type()),
              [&](simdjson::ondemand::value value) { return decoder_.decode(value, column); });
}

std::string JsonCellReader::appendStructs(std::string_view text, JsonPlace place, std::span<const JsonMember> members,
                                          const UnknownMember& unknown) {
  decoder_.setPlace(place);
  return read(text, "a list of objects",
              [&](simdjson::ondemand::value value) { return decodeStructs(decoder_, value, members, unknown); });
}

}  // namespace featc
