// SPDX-License-Identifier: Apache-2.0
// Strings as JSON writes them.
#include "support/json_quote.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

#include "support/utf8.h"

namespace featc {

std::string jsonQuote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    size_t length = codePointBytes(text);
    char c = text[0];
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

}  // namespace featc
