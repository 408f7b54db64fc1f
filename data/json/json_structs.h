// SPDX-License-Identifier: Apache-2.0
// A JSON array of objects into the columns of a list of structs, a list column a member.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "data/json/json_column.h"

namespace featc {

struct JsonMember {
  std::string_view name;
  ColumnBuffer* column = nullptr;
  size_t field = DataNotes::kNoField;  // under which notes are taken
};
// Told of each key that is not a member's name.
using UnknownMember = std::function<void(std::string_view)>;

// Appends a list to every column (null: a missing one), the elements in the order of the array. Where an
// element is null or lacks a member, that member is missing there. Else as JsonColumnDecoder::decode: what is
// wrong is decoder.problem(), and then all columns must be truncated.
simdjson::error_code decodeStructs(JsonColumnDecoder& decoder, simdjson::ondemand::value value,
                                   std::span<const JsonMember> members, const UnknownMember& unknown);

}  // namespace featc
