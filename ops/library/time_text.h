// SPDX-License-Identifier: Apache-2.0
// Points in time as data files write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "values/type.h"

namespace featc {

// Epoch seconds of `2024-12-01`, `2024-12-01 10:00`, `2024-12-01T10:00:00.25+08:00` (ISO 8601): parts have all their
// digits, a fraction has up to 9 and is dropped, `Z` or an offset may end the text, which is UTC without. Years are 1
// to 9999.
std::optional<int64_t> parseTimestamp(std::string_view text);
// What data must have for a value of the type, in a message.
std::string dataForms(Type type);
// What to do about a text that is not a value of the type but a point in time; else empty.
std::string_view timeAdvice(Type type, std::string_view text);

}  // namespace featc
