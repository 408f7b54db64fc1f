// SPDX-License-Identifier: Apache-2.0
// Strings as JSON writes them.
#pragma once

#include <string>
#include <string_view>

namespace featc {

// With the quotes. Bytes that are not UTF-8 become U+FFFD: JSON cannot hold them.
std::string jsonQuote(std::string_view text);

}  // namespace featc
