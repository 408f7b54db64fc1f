// SPDX-License-Identifier: Apache-2.0
// Reads a text that the parser has refused once more, character by character, to its first mistake.
#include "data/json/json_fault.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/json/json_value.h"
#include "data/not_finite.h"
#include "support/utf8.h"
#include "values/parse.h"
#include "values/value.h"

namespace featc {
namespace {

constexpr size_t kShownBytes = 20;
constexpr int kMaxDepth = 1024;

class FaultFinder {
 public:
  explicit FaultFinder(std::string_view text) : text_(text) {}

  // The mistake, with its offset; empty: there is none.
  std::string find(size_t& at) {
    if (value(0)) {
      skipBlanks();
      if (at_ < text_.size()) fail(at_, fmt::format("{} follows the end of the JSON", found(at_)));
    }
    at = faultAt_;
    return fault_;
  }

 private:
  bool fail(size_t at, std::string fault) {
    faultAt_ = at;
    fault_ = std::move(fault);
    return false;
  }
  std::string found(size_t at) const {
    if (at >= text_.size()) return "the end";
    return quote(text_.substr(at, codePointStep(text_.substr(at))));
  }
  void skipBlanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool takes(char c) {
    skipBlanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool value(int depth) {
    if (depth > kMaxDepth) return fail(at_, "lists and objects are nested too deeply");
    skipBlanks();
    if (at_ == text_.size()) return fail(at_, "a value is missing");
    switch (text_[at_]) {
      case '"': return string();
      case '[': return list(depth);
      case '{': return object(depth);
      default: return scalar();
    }
  }

  bool list(int depth) {
    ++at_;
    if (takes(']')) return true;
    for (;;) {
      if (!value(depth + 1)) return false;
      if (takes(']')) return true;
      if (!takes(',')) return fail(at_, fmt::format("\",\" or \"]\" is missing before {}", found(at_)));
    }
  }

  bool object(int depth) {
    ++at_;
    if (takes('}')) return true;
    for (;;) {
      skipBlanks();
      if (at_ == text_.size() || text_[at_] != '"')
        return fail(at_, fmt::format("a key in double quotes is missing before {}", found(at_)));
      if (!string()) return false;
      if (!takes(':')) return fail(at_, fmt::format("\":\" is missing before {}", found(at_)));
      if (!value(depth + 1)) return false;
      if (takes('}')) return true;
      if (!takes(',')) return fail(at_, fmt::format("\",\" or \"}}\" is missing before {}", found(at_)));
    }
  }

  bool string() {
    size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      auto c = static_cast<unsigned char>(text_[at_]);
      size_t bytes = codePointBytes(text_.substr(at_));
      if (bytes == 0) return fail(at_, fmt::format("the byte {:02X} is not valid UTF-8", c));
      if (c < 0x20) return fail(at_, "a control character is in a string: write it as \\n, \\t or \\u00XX");
      if (c == '\\' && !escape()) return false;
      if (c != '\\') at_ += bytes;
    }
    if (at_ == text_.size()) return fail(begin, "a string is not closed");
    ++at_;
    return true;
  }

  bool escape() {
    size_t begin = at_++;
    char c = at_ < text_.size() ? text_[at_] : ' ';
    size_t digits = c == 'u' ? 4 : 0;
    if (digits == 0 && std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos)
      return fail(begin, fmt::format("a backslash before {} is not a JSON escape", found(at_)));
    ++at_;
    for (; digits > 0; --digits, ++at_)
      if (at_ == text_.size() || std::string_view("0123456789abcdefABCDEF").find(text_[at_]) == std::string_view::npos)
        return fail(begin, "four hexadecimal digits must follow \\u");
    return true;
  }

  bool scalar() {
    size_t begin = at_;
    at_ = std::min(text_.find_first_of(",]}: \t\r\n\"[{", at_), text_.size());
    std::string_view token = text_.substr(begin, at_ - begin);
    if (token.empty()) return fail(begin, fmt::format("a value is missing before {}", found(begin)));
    double number = 0;
    if (token == "true" || token == "false" || token == "null") return true;
    if (parseJsonNotFinite(token, number)) return true;
    if (parseFloat64(token, NumberStyle::Json, number) != NumberError::Malformed) return true;
    return fail(begin, fmt::format("{} is not a JSON value", quote(utf8Prefix(token, kShownBytes))));
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t faultAt_ = 0;
  std::string fault_;
};

// Characters before the offset, and 1.
size_t columnOf(std::string_view text, size_t at) {
  size_t column = 1;
  for (size_t i = 0; i < at; ++column) i += codePointStep(text.substr(i));
  return column;
}

}  // namespace

std::string jsonFaultText(std::string_view text, simdjson::error_code code) {
  if (code == simdjson::MEMALLOC || code == simdjson::CAPACITY || code == simdjson::DEPTH_ERROR)
    return jsonErrorText(code);
  size_t at = 0;
  std::string fault = FaultFinder(text).find(at);
  if (fault.empty()) return jsonErrorText(code);
  return fmt::format("the JSON is malformed at column {}: {}", columnOf(text, at), fault);
}

}  // namespace featc
