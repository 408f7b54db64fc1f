// SPDX-License-Identifier: Apache-2.0
// The text of a store key: a source's key pattern filled in with the key fields' values.
#include "runtime/reads/key_pattern.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "values/value.h"

namespace featc {

bool appendKeyPart(std::string& text, bool value) {
  text += value ? "true" : "false";
  return true;
}

bool appendKeyPart(std::string& text, int64_t value) {
  char digits[24];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  return true;
}

bool appendKeyPart(std::string& text, double value) {
  if (!std::isfinite(value)) return false;
  text += formatFloat(value == 0 ? 0.0 : value);
  return true;
}

bool appendKeyPart(std::string& text, Str value) {
  text += value.view();
  return true;
}

bool isInEscapedPart(char byte) {
  bool isAlphanumeric = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
  return isAlphanumeric || std::string_view("-._~%").find(byte) != std::string_view::npos;
}

void escapeKeyPart(std::string& text, size_t begin) {
  auto isKept = [](char byte) { return byte != '%' && isInEscapedPart(byte); };
  if (std::all_of(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), isKept)) return;
  std::string part = text.substr(begin);
  text.resize(begin);
  for (char byte : part) {
    if (isKept(byte)) {
      text += byte;
      continue;
    }
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    auto value = static_cast<unsigned char>(byte);
    text += {'%', kDigits[value >> 4U], kDigits[value & 15U]};
  }
}

KeyPattern::KeyPattern(const SourceInfo& source) : escaped_(source.keyEscaped) {
  std::string_view rest = source.keyPattern;
  std::string literal;
  while (!rest.empty()) {
    size_t open = std::min(rest.find('{'), rest.size());
    literal += rest.substr(0, open);
    rest.remove_prefix(open);
    if (rest.empty()) break;
    size_t close = rest.find('}');
    std::string_view name = close == std::string_view::npos ? std::string_view() : rest.substr(1, close - 1);
    auto key = std::ranges::find(source.keys, name, &SourceField::name);
    if (close == std::string_view::npos || key == source.keys.end()) {
      literal += '{';
      rest.remove_prefix(1);
      continue;
    }
    parts_.push_back({std::move(literal), static_cast<uint32_t>(key - source.keys.begin())});
    literal.clear();
    rest.remove_prefix(close + 1);
  }
  if (!literal.empty() || parts_.empty()) parts_.push_back({std::move(literal), kNoField});
}

}  // namespace featc
