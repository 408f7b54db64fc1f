// SPDX-License-Identifier: Apache-2.0
// Protobuf's text format without a schema: `name: value`, `name { ... }`, lists in brackets.
#include <fmt/format.h>

#include <cctype>
#include <charconv>

#include "fg/readers.h"
#include "support/utf8.h"

namespace featc::fg {
namespace {

constexpr uint32_t kMaxDepth = 100;

struct Malformed {
  uint32_t line;
  std::string what;
};

class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}

  Node readAll() {
    Node node = readFields('\0', 0);
    return node;
  }

 private:
  [[noreturn]] void fail(std::string what) const { throw Malformed{line_, std::move(what)}; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char take() {
    char c = peek();
    if (c == '\n') ++line_;
    ++at_;
    return c;
  }
  void skipBlanks() {
    for (;;) {
      if (peek() == '#') {
        while (at_ < text_.size() && peek() != '\n') ++at_;
      } else if (at_ < text_.size() && std::isspace(static_cast<unsigned char>(peek())) != 0) {
        take();
      } else {
        return;
      }
    }
  }
  bool accept(char c) {
    skipBlanks();
    if (peek() != c || at_ >= text_.size()) return false;
    take();
    return true;
  }

  // Up to `close`, which is taken; '\0': up to the end of the text.
  Node readFields(char close, uint32_t depth) {
    if (depth > kMaxDepth) fail("too many nested braces");
    Node record;
    record.kind = Node::Kind::Record;
    record.line = line_;
    for (;;) {
      skipBlanks();
      if (at_ >= text_.size()) {
        if (close != '\0') fail(fmt::format("the text ends where \"{}\" is missing", close));
        return record;
      }
      if (close != '\0' && accept(close)) return record;
      uint32_t line = line_;
      std::string name = readWord();
      if (name.empty()) fail(fmt::format("\"{}\" where the name of a field is expected", peek()));
      bool colon = accept(':');
      skipBlanks();
      if (!colon && peek() != '{' && peek() != '<')
        throw Malformed{line, fmt::format("\"{}\" lacks a \":\" and a value", name)};
      add(record, name, readValue(depth));
      if (!accept(',')) accept(';');
    }
  }

  static void add(Node& record, const std::string& name, Node value) {
    for (auto& [known, old] : record.fields) {
      if (known != name) continue;
      if (old.kind != Node::Kind::List) {
        Node list;
        list.kind = Node::Kind::List;
        list.line = old.line;
        list.items.push_back(std::move(old));
        old = std::move(list);
      }
      if (value.kind == Node::Kind::List) {
        for (Node& item : value.items) old.items.push_back(std::move(item));
      } else {
        old.items.push_back(std::move(value));
      }
      return;
    }
    record.fields.push_back({name, std::move(value)});
  }

  std::string readWord() {
    std::string word;
    auto inWord = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' || c == '+';
    };
    while (at_ < text_.size() && inWord(peek())) word += take();
    return word;
  }

  Node readValue(uint32_t depth) {
    skipBlanks();
    uint32_t line = line_;
    if (accept('{')) return readFields('}', depth + 1);
    if (accept('<')) return readFields('>', depth + 1);
    if (accept('[')) {
      if (depth > kMaxDepth) fail("too many nested brackets");
      Node list;
      list.kind = Node::Kind::List;
      list.line = line;
      while (!accept(']')) {
        list.items.push_back(readValue(depth + 1));
        if (!accept(',')) {
          if (!accept(']')) fail("a list without its \"]\"");
          break;
        }
      }
      return list;
    }
    if (peek() == '"' || peek() == '\'') return readTexts();
    std::string word = readWord();
    if (word.empty()) fail("a value is missing");
    if (word == "true" || word == "True" || word == "t") return Node::ofBool(true, line);
    if (word == "false" || word == "False" || word == "f") return Node::ofBool(false, line);
    std::string_view digits = word;
    if (digits.starts_with('-')) digits.remove_prefix(1);
    if (digits.size() > 1 && digits[0] == '0' &&
        std::string_view("0123456789xX").find(digits[1]) != std::string_view::npos)
      throw Malformed{line, fmt::format("\"{}\" is octal or hexadecimal; write it in decimals", word)};
    // A float may end in an f.
    if ((word.back() == 'f' || word.back() == 'F') && numberOf(std::string_view(word).substr(0, word.size() - 1)))
      word.pop_back();
    return numberOf(word) ? Node::ofNumber(word, line) : Node::ofText(word, line);
  }

  // Neighbouring texts are one.
  Node readTexts() {
    Node node = Node::ofText("", line_);
    while (peek() == '"' || peek() == '\'') {
      char quote = take();
      while (peek() != quote) {
        if (at_ >= text_.size() || peek() == '\n') fail("a text without its closing quote");
        if (peek() == '\\') {
          take();
          readEscape(node.text);
        } else {
          node.text += take();
        }
      }
      take();
      skipBlanks();
    }
    return node;
  }

  void readCodePoint(std::string& out, size_t digits) {
    uint32_t point = 0;
    std::string_view text = text_.substr(at_, digits);
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), point, 16);
    bool isWhole = text.size() == digits && error == std::errc() && end == text.data() + digits;
    if (!isWhole || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
      fail(fmt::format("\"{}\" in an escape is not a code point", text));
    at_ += digits;
    appendUtf8(out, point);
  }

  void readEscape(std::string& out) {
    char c = take();
    auto digits = [&](int base, size_t most) {
      int value = 0;
      size_t n = 0;
      for (; n < most; ++n) {
        char d = peek();
        int digit = d >= '0' && d <= '9'                                ? d - '0'
                    : std::isxdigit(static_cast<unsigned char>(d)) != 0 ? std::tolower(d) - 'a' + 10
                                                                        : base;
        if (digit >= base) break;
        value = value * base + digit;
        take();
      }
      if (n == 0) fail("an escape without its digits");
      out += static_cast<char>(value);
    };
    switch (c) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case 'a': out += '\a'; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'v': out += '\v'; break;
      case '\\':
      case '\'':
      case '"':
      case '?': out += c; break;
      case 'x':
      case 'X': digits(16, 2); break;
      case 'u': readCodePoint(out, 4); break;
      case 'U': readCodePoint(out, 8); break;
      default:
        if (c < '0' || c > '7') fail(fmt::format("\"\\{}\" is not an escape", c));
        --at_;
        digits(8, 3);
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
};

}  // namespace

std::optional<Node> readProtobufText(std::string_view text, Messages& messages) {
  try {
    return TextReader(text).readAll();
  } catch (const Malformed& e) {
    messages.error(e.line, e.what);
    return std::nullopt;
  }
}

}  // namespace featc::fg
