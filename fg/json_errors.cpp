// SPDX-License-Identifier: Apache-2.0
// Walks over a JSON text until what comes is not what may come.
#include "fg/json_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "support/utf8.h"

namespace featc::fg {
namespace {

class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  std::optional<Message> walk() {
    enum class Next : uint8_t { Value, FirstValue, FirstKey, Key, AfterValue };
    std::vector<char> open;
    Next next = Next::Value;
    while (next != Next::AfterValue || !open.empty()) {
      skipBlanks();
      char c = peek();
      bool inObject = !open.empty() && open.back() == '{';
      char close = inObject ? '}' : ']';
      if (next == Next::AfterValue) {
        if (c == close) {
          open.pop_back();
          ++at_;
        } else if (c == ',') {
          ++at_;
          next = inObject ? Next::Key : Next::Value;
        } else {
          return wanted(fmt::format("\",\" or \"{}\"", close));
        }
      } else if (next == Next::Key || next == Next::FirstKey) {
        if (c == '}' && next == Next::FirstKey) {
          open.pop_back();
          ++at_;
          next = Next::AfterValue;
          continue;
        }
        if (c != '"') return wanted(next == Next::Key ? "a key in quotes after the \",\"" : "a key in quotes or \"}\"");
        if (!passString()) return unclosed();
        skipBlanks();
        if (peek() != ':') return wanted("\":\"");
        ++at_;
        next = Next::Value;
      } else if (c == ']' && next == Next::FirstValue) {
        open.pop_back();
        ++at_;
        next = Next::AfterValue;
      } else if (c == '{' || c == '[') {
        open.push_back(c);
        ++at_;
        next = c == '{' ? Next::FirstKey : Next::FirstValue;
      } else if (c == '"') {
        if (!passString()) return unclosed();
        next = Next::AfterValue;
      } else {
        if (!passWord()) return wanted("a value");
        next = Next::AfterValue;
      }
    }
    skipBlanks();
    if (at_ < text_.size()) return Message{line_, fmt::format("{} follows the end", found())};
    return std::nullopt;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skipBlanks() {
    for (; at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0; ++at_)
      if (text_[at_] == '\n') ++line_;
  }
  // What stands here, cut to a few characters.
  std::string found() const {
    if (at_ >= text_.size()) return "the end of the file";
    constexpr size_t kMost = 30;
    std::string_view line = text_.substr(at_, text_.find_first_of("\r\n", at_) - at_);
    return fmt::format("`{}`", utf8Prefix(line, kMost));
  }
  Message wanted(const std::string& what) const { return {line_, fmt::format("expected {}, found {}", what, found())}; }
  Message unclosed() const { return {line_, fmt::format("the string {} is not closed on its line", found())}; }

  bool passString() {
    for (size_t i = at_ + 1; i < text_.size() && text_[i] != '\n'; ++i) {
      if (text_[i] == '\\') {
        ++i;  // whatever it escapes
      } else if (text_[i] == '"') {
        at_ = i + 1;
        return true;
      }
    }
    return false;
  }
  // A number, true, false or null, as far as its characters go.
  bool passWord() {
    size_t end = at_;
    while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) != 0 ||
                                  std::string_view("+-.").find(text_[end]) != std::string_view::npos))
      ++end;
    std::string_view word = text_.substr(at_, end - at_);
    bool isWord = word == "true" || word == "false" || word == "null";
    if (word.empty() || (!isWord && std::isalpha(static_cast<unsigned char>(word[0])) != 0)) return false;
    at_ = end;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
};

}  // namespace

std::optional<Message> findJsonError(std::string_view text) { return Walker(text).walk(); }

}  // namespace featc::fg
