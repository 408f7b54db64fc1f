// SPDX-License-Identifier: Apache-2.0
// Cuts the text of a config into tokens.
#include "frontend/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "support/utf8.h"

namespace featc {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isNameChar(char c) { return isNameStart(c) || isDigit(c); }
bool isAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

class Scanner {
 public:
  Scanner(std::string_view text, size_t limit) : text_(text), limit_(limit) {}

  TokenList run() {
    TokenList list;
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
    while (skipSpace()) {
      if (list.tokens.size() == limit_) {
        list.exceeded = true;
        break;
      }
      Token token;
      token.startsLine = lineStart_;
      lineStart_ = false;
      token.begin = static_cast<uint32_t>(at_);
      token.kind = scan();
      token.end = static_cast<uint32_t>(at_);
      list.tokens.push_back(token);
    }
    auto end = static_cast<uint32_t>(at_);
    list.tokens.push_back({TokenKind::End, true, end, end});
    return list;
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  // Spaces, line ends and comments; false at the end of the text.
  bool skipSpace() {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '\n') {
        lineStart_ = true;
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      } else if (c != ' ' && c != '\t' && !(c == '\r' && (peek(1) == '\n' || at_ + 1 == text_.size()))) {
        return true;
      }
      ++at_;
    }
    return false;
  }

  TokenKind scan() {
    char c = peek();
    if (isNameStart(c)) return scanName();
    if (isDigit(c)) return scanNumber();
    if (c == '"') return scanString(/*raw=*/false);
    if (c == '`') return scanQuotedName();
    if (c == '.' && isDigit(peek(1))) return scanBadNumber();
    return scanSign();
  }

  TokenKind scanName() {
    if (peek() == 'r' && peek(1) == '"') {
      ++at_;
      return scanString(/*raw=*/true);
    }
    size_t begin = at_;
    while (isNameChar(peek())) ++at_;
    std::string_view word = text_.substr(begin, at_ - begin);
    if (word == "true") return TokenKind::True;
    return word == "false" ? TokenKind::False : TokenKind::Name;
  }

  TokenKind scanNumber() {
    size_t begin = at_;
    TokenKind kind = TokenKind::Integer;
    while (isDigit(peek())) ++at_;
    if (peek() == '.' && isDigit(peek(1))) {
      kind = TokenKind::Float;
      ++at_;
      while (isDigit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      size_t digits = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if (isDigit(peek(digits))) {
        kind = TokenKind::Float;
        at_ += digits;
        while (isDigit(peek())) ++at_;
      }
    }
    if (!isNameChar(peek()) && peek() != '.') return kind;
    at_ = begin;
    return scanBadNumber();
  }

  // All that a reader would take for one number: `0x1F`, `1.`, `1_000`, `1.2.3`.
  TokenKind scanBadNumber() {
    while (isNameChar(peek()) || peek() == '.') ++at_;
    return TokenKind::BadNumber;
  }

  TokenKind scanString(bool raw) {
    for (++at_; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return raw ? TokenKind::RawString : TokenKind::String;
      }
      if (!raw && text_[at_] == '\\' && peek(1) != '\n' && at_ + 1 < text_.size()) ++at_;
    }
    if (text_[at_ - 1] == '\r') --at_;
    return TokenKind::UnterminatedString;
  }

  TokenKind scanQuotedName() {
    size_t begin = at_;
    for (++at_; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      if (text_[at_] != '`') continue;
      ++at_;
      return at_ - begin > 2 ? TokenKind::QuotedName : TokenKind::UnterminatedName;
    }
    if (text_[at_ - 1] == '\r') --at_;
    return TokenKind::UnterminatedName;
  }

  TokenKind scanSign() {
    auto two = [this](char next, TokenKind pair, TokenKind single) {
      if (peek(1) != next) return ++at_, single;
      return at_ += 2, pair;
    };
    auto one = [this](TokenKind kind) { return ++at_, kind; };
    switch (peek()) {
      case '(': return one(TokenKind::LeftParen);
      case ')': return one(TokenKind::RightParen);
      case '[': return one(TokenKind::LeftBracket);
      case ']': return one(TokenKind::RightBracket);
      case '{': return one(TokenKind::LeftBrace);
      case '}': return one(TokenKind::RightBrace);
      case ',': return one(TokenKind::Comma);
      case ':': return one(TokenKind::Colon);
      case '.': return one(TokenKind::Dot);
      case '+': return one(TokenKind::Plus);
      case '-': return one(TokenKind::Minus);
      case '*': return one(TokenKind::Star);
      case '/': return one(TokenKind::Slash);
      case '%': return one(TokenKind::Percent);
      case '?': return two('?', TokenKind::Default, TokenKind::Question);
      case '=': return two('=', TokenKind::Equal, TokenKind::Assign);
      case '!': return two('=', TokenKind::NotEqual, TokenKind::Not);
      case '<': return two('=', TokenKind::LessEqual, TokenKind::Less);
      case '>': return two('=', TokenKind::GreaterEqual, TokenKind::Greater);
      case '&': return two('&', TokenKind::And, TokenKind::BadCharacters);
      case '|': return two('|', TokenKind::Or, TokenKind::BadCharacters);
      default: return scanBadCharacters();
    }
  }

  // A run of characters that start no token: letters beyond ASCII with the name around them, or one sign.
  TokenKind scanBadCharacters() {
    if (isAscii(peek())) {
      ++at_;
      return TokenKind::BadCharacters;
    }
    size_t begin = at_;
    auto codePointEnd = [this](size_t at) {
      for (++at; at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0U) == 0x80U;) ++at;
      return at;
    };
    auto isPunctuation = [](std::string_view character) {
      // U+2000..U+2FFF, U+3000..U+303F, U+FE00..U+FFFF and what else is no letter of a script, by its first bytes.
      return character.starts_with("\xE2") || character.starts_with("\xE3\x80") || character.starts_with("\xEF") ||
             character.starts_with("\xC2");
    };
    while (at_ < text_.size() && (!isAscii(text_[at_]) || isNameChar(text_[at_]))) {
      size_t end = codePointEnd(at_);
      if (isPunctuation(text_.substr(at_, end - at_))) {
        if (at_ == begin) at_ = end;
        break;
      }
      at_ = end;
    }
    return TokenKind::BadCharacters;
  }

  std::string_view text_;
  size_t limit_;
  size_t at_ = 0;
  bool lineStart_ = true;
};

// What people type for a sign of the language, and the sign.
struct Replacement {
  std::string_view wrong;
  std::string_view right;
};
constexpr Replacement kReplacements[] = {
    {"&", "&&"}, {"|", "||"}, {"“", "\""}, {"”", "\""}, {"‘", "\""}, {"’", "\""},
    {"×", "*"},  {"÷", "/"},  {"−", "-"},  {"–", "-"},  {"—", "-"},  {"≤", "<="},
    {"≥", ">="}, {"≠", "!="}, {"。", "."}, {"、", ","}, {"　", " "}, {"\xC2\xA0", " "},
};

// Full-width forms U+FF01..U+FF5E (EF BC 81 .. EF BD 9E) are ASCII moved by 0xFEE0.
std::string asciiOf(std::string_view character) {
  for (const Replacement& r : kReplacements) {
    if (r.wrong == character) return std::string(r.right);
  }
  if (character.size() != 3 || character[0] != '\xEF') return "";
  uint32_t code = 0xF000U | (static_cast<unsigned char>(character[1]) & 0x3FU) << 6U |
                  (static_cast<unsigned char>(character[2]) & 0x3FU);
  return code >= 0xFF01 && code <= 0xFF5E ? std::string(1, static_cast<char>(code - 0xFEE0)) : "";
}

void reportBadCharacters(Diagnostics& diagnostics, Span span, std::string_view text) {
  constexpr DiagnosticKind kKind = DiagnosticKind::InvalidText;
  char c = text[0];
  if (std::string ascii = asciiOf(text); !ascii.empty()) {
    if (ascii == " ") {
      diagnostics.report(kKind, span, "this is no plain space").replace(span, " ");
      return;
    }
    diagnostics.report(kKind, span, fmt::format("\"{}\" has no meaning here; write \"{}\"", text, ascii))
        .replace(span, ascii);
  } else if (c == '\'') {
    diagnostics.report(kKind, span, "strings stand in double quotes, not in \"'\"");
  } else if (c == ';') {
    diagnostics.report(kKind, span, "a statement ends with its line, without \";\"").replace(span, "");
  } else if (!isAscii(c) && (static_cast<unsigned char>(c) < 0xE2 || c > '\xE2')) {
    diagnostics.report(kKind, span, fmt::format("a name with letters beyond a..z stands in backquotes: `{}`", text))
        .replace(span, fmt::format("`{}`", text));
  } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    diagnostics.report(kKind, span, fmt::format("control character \\x{:02x}", static_cast<unsigned>(c)));
  } else {
    diagnostics.report(kKind, span, fmt::format("\"{}\" has no meaning here", text));
  }
}

void reportBadNumber(Diagnostics& diagnostics, Span span, std::string_view text, char before) {
  constexpr DiagnosticKind kKind = DiagnosticKind::InvalidNumber;
  std::string_view shown = text.substr(0, 60);
  bool allDigits = std::all_of(text.begin(), text.end(), [](char c) { return isDigit(c) || c == '_'; });
  if (text[0] == '.') {
    if (isNameChar(before) || before == '`' || before == ')' || before == ']') {
      diagnostics
          .report(kKind, span,
                  fmt::format("a name that starts with a digit stands in backquotes: .`{}`", shown.substr(1)))
          .note("a name that holds a dot is quoted whole: `ctr.7d`");
      return;
    }
    diagnostics.report(kKind, span, fmt::format("a number starts with a digit: 0{}", shown))
        .replace(span, fmt::format("0{}", text));
  } else if (text.back() == '.' && std::count(text.begin(), text.end(), '.') == 1 &&
             std::all_of(text.begin(), text.end() - 1, isDigit)) {
    diagnostics.report(kKind, span, fmt::format("a number ends in a digit: {}0", shown))
        .replace(span, fmt::format("{}0", text));
  } else if (allDigits) {
    std::string plain(text);
    std::erase(plain, '_');
    diagnostics.report(kKind, span, "a number is written without \"_\"").replace(span, plain);
  } else if (text.starts_with("0x") || text.starts_with("0X")) {
    diagnostics.report(kKind, span, fmt::format("numbers are decimal, not \"{}\"", shown));
  } else {
    diagnostics.report(kKind, span, fmt::format("\"{}\" is no number", shown))
        .note(fmt::format("a name that starts with a digit stands in backquotes: `{}`", shown));
  }
}

}  // namespace

bool endsOperand(TokenKind kind) {
  switch (kind) {
    case TokenKind::Name:
    case TokenKind::QuotedName:
    case TokenKind::True:
    case TokenKind::False:
    case TokenKind::Integer:
    case TokenKind::Float:
    case TokenKind::String:
    case TokenKind::RawString:
    case TokenKind::RightParen:
    case TokenKind::RightBracket:
    case TokenKind::RightBrace: return true;
    default: return false;
  }
}

TokenList tokenize(std::string_view text, size_t limit) { return Scanner(text, limit).run(); }

void reportBadToken(Diagnostics& diagnostics, FileId file, std::string_view text, const Token& token) {
  Span span{file, token.begin, token.end};
  std::string_view word = text.substr(token.begin, token.end - token.begin);
  switch (token.kind) {
    case TokenKind::BadCharacters: reportBadCharacters(diagnostics, span, word); break;
    case TokenKind::BadNumber:
      reportBadNumber(diagnostics, span, word, token.begin > 0 ? text[token.begin - 1] : ' ');
      break;
    case TokenKind::UnterminatedString:
      diagnostics.report(DiagnosticKind::InvalidString, span, "this string has no closing quote on its line");
      break;
    default:
      diagnostics.report(
          DiagnosticKind::InvalidString, span,
          word == "``" ? "a name cannot be empty" : "this quoted name has no closing backquote on its line");
  }
}

std::optional<size_t> findInvalidText(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    size_t length = text[at] == '\0' ? 0 : codePointBytes(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::string_view nameOf(std::string_view text, const Token& token) {
  std::string_view word = text.substr(token.begin, token.end - token.begin);
  return token.kind == TokenKind::QuotedName ? word.substr(1, word.size() - 2) : word;
}

std::string writtenName(std::string_view name) {
  bool plain = !name.empty() && isNameStart(name[0]) && std::all_of(name.begin(), name.end(), isNameChar) &&
               name != "true" && name != "false";
  return plain ? std::string(name) : fmt::format("`{}`", name);
}

}  // namespace featc
