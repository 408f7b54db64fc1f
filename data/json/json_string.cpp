// SPDX-License-Identifier: Apache-2.0
// Undoes the escapes of JSON strings, more leniently than the parser.
#include "data/json/json_string.h"

#include <charconv>

#include "support/utf8.h"

namespace featc {
namespace {

constexpr uint32_t kReplacement = 0xFFFD;

// The four hexadecimal digits at the start of `text`.
bool takeHex(std::string_view& text, uint32_t& unit) {
  if (text.size() < 4) return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + 4, unit, 16);
  if (error != std::errc() || end != text.data() + 4) return false;
  text.remove_prefix(4);
  return true;
}

// What follows `\u`.
bool takeCodePoint(std::string_view& text, std::string& out) {
  uint32_t unit = 0;
  if (!takeHex(text, unit)) return false;
  if (unit < 0xD800 || unit > 0xDFFF) {
    appendUtf8(out, unit);
    return true;
  }
  std::string_view behind = text;
  uint32_t low = 0;
  bool isPair = false;
  if (unit < 0xDC00 && behind.starts_with("\\u")) {
    behind.remove_prefix(2);
    isPair = takeHex(behind, low) && low >= 0xDC00 && low <= 0xDFFF;
  }
  if (isPair) text = behind;
  appendUtf8(out, isPair ? 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00) : kReplacement);
  return true;
}

// The string to its closing quote.
bool unescape(std::string_view text, std::string& out) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  out.clear();
  while (!text.empty()) {
    char c = text[0];
    text.remove_prefix(1);
    if (c == '"') return true;
    if (c != '\\') {
      out += c;
      continue;
    }
    if (text.empty()) return false;
    char escape = text[0];
    text.remove_prefix(1);
    size_t known = kEscapes.find(escape);
    if (known != std::string_view::npos)
      out += kMeanings[known];
    else if (escape != 'u' || !takeCodePoint(text, out))
      return false;
  }
  return false;
}

}  // namespace

bool repairJsonString(std::string_view token, std::string& out) {
  return token.starts_with('"') && unescape(token.substr(1), out);
}

simdjson::error_code jsonKey(simdjson::ondemand::field& field, std::string_view& key, std::string& repaired) {
  const char* raw = field.key().raw();
  // The parser has found the closing quote before: it is there. Most keys stand as they are.
  const char* plain = raw;
  while (*plain != '"' && *plain != '\\') ++plain;
  if (*plain == '"') {
    key = std::string_view(raw, static_cast<size_t>(plain - raw));
    return simdjson::SUCCESS;
  }
  simdjson::error_code error = field.unescaped_key().get(key);
  if (error != simdjson::STRING_ERROR) return error;
  const char* end = raw;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  if (!unescape(std::string_view(raw, static_cast<size_t>(end + 1 - raw)), repaired)) return error;
  key = repaired;
  return simdjson::SUCCESS;
}

}  // namespace featc
