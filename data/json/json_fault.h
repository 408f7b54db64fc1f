// SPDX-License-Identifier: Apache-2.0
// Where a text stops being JSON, for messages.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace featc {

// Why `text` is not JSON and where: `the JSON is malformed at column 17: a value is missing`. `code` is what the parser
// said of it, whose words stand alone where no place is found.
std::string jsonFaultText(std::string_view text, simdjson::error_code code);

}  // namespace featc
