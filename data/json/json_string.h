// SPDX-License-Identifier: Apache-2.0
// Strings of JSON that the parser refuses because half of a surrogate pair stands in them.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace featc {

// The string whose opening quote `token` begins with, the halves of surrogate pairs as U+FFFD; false where it is not a
// string of JSON for another reason.
bool repairJsonString(std::string_view token, std::string& out);

// The key of a field. One that had to be repaired lies in `repaired`, else in the parser.
simdjson::error_code jsonKey(simdjson::ondemand::field& field, std::string_view& key, std::string& repaired);

}  // namespace featc
