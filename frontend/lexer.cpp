// SPDX-License-Identifier: Apache-2.0
// Cuts the text of a config into tokens.
#include "frontend/lexer.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <string>

#include "frontend/bad_tokens.h"
#include "support/utf8.h"

namespace featc {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isNameChar(char c) { return isNameStart(c) || isDigit(c); }
bool isAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Bytes of the letter beyond ASCII that the text starts with: a letter, mark or digit of some script, or a picture.
// 0 where it starts with something else.
size_t wideLetter(std::string_view text) {
  if (text.empty() || isAscii(text[0])) return 0;
  size_t bytes = codePointBytes(text);
  if (bytes == 0) return 0;
  auto codePoint = static_cast<int32_t>(decodeCodePoint(text, bytes));
  int category = utf8proc_category(codePoint);
  bool isLetter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
  return isLetter || (codePoint >= 0x10000 && category == UTF8PROC_CATEGORY_SO) ? bytes : 0;
}

// Whether a text starts with two words side by side, which no expression does.
bool isProse(std::string_view text) {
  auto skip = [&](auto isSkipped) {
    size_t n = 0;
    while (n < text.size() && isSkipped(text[n])) ++n;
    text.remove_prefix(n);
    return n > 0;
  };
  auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
  auto isLetter = [](char c) { return isNameChar(c) || !isAscii(c); };
  skip(isBlank);
  if (text.empty() || !isLetter(text[0]) || isDigit(text[0]) || !skip(isLetter) || !skip(isBlank)) return false;
  std::string_view rest = text;
  if (!skip(isLetter)) return false;
  std::string_view second = rest.substr(0, rest.size() - text.size());
  constexpr std::string_view kSigns[] = {"and", "or", "not", "in", "is", "if", "else", "between", "like"};
  return std::ranges::find(kSigns, second) == std::end(kSigns);
}

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
      count(token.kind);
      list.tokens.push_back(token);
    }
    auto end = static_cast<uint32_t>(at_);
    list.tokens.push_back({TokenKind::End, true, end, end});
    list.foreignComments = std::move(foreignComments_);
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
        at_ = lineEnd();
        continue;
      } else if (size_t end = foreignComment(); end != 0) {
        foreignComments_.push_back({static_cast<uint32_t>(at_), static_cast<uint32_t>(end)});
        at_ = end;
        continue;
      } else if (c != ' ' && c != '\t' && !(c == '\r' && (peek(1) == '\n' || at_ + 1 == text_.size()))) {
        return true;
      }
      ++at_;
    }
    return false;
  }

  // Looked for once a line, however many tokens it has.
  size_t lineEnd() {
    if (lineEnd_ < at_ || lineEnd_ == 0) lineEnd_ = std::min(text_.find('\n', at_), text_.size());
    return lineEnd_;
  }

  // The end of a comment of another language that starts here, 0 where none does. What stands here must be no part of
  // any config: "//" and "/*" never are, but "a -- b" is.
  size_t foreignComment() {
    char c = peek();
    // Of a run of signs only the first is looked at, so that long ones cost no more than others.
    bool starts = (c == '/' || c == '-') && (at_ == 0 || text_[at_ - 1] != c);
    if (!starts) return 0;
    size_t end = lineEnd();
    std::string_view rest = text_.substr(std::min(at_ + 2, end), end - std::min(at_ + 2, end));
    if (c == '/' && peek(1) == '*') {
      size_t closing = unclosed_ ? std::string_view::npos : text_.find("*/", at_ + 2);
      unclosed_ = closing == std::string_view::npos;
      return unclosed_ ? end : closing + 2;
    }
    if (c == '/' && peek(1) == '/') {
      bool isEmpty = rest.find_first_not_of(" \t\r/") == std::string_view::npos;
      return lineStart_ || isEmpty || isProse(rest) ? end : 0;
    }
    if (c != '-' || peek(1) != '-') return 0;
    bool isNoMinus = lineStart_ && depth_ == 0 && !continues_;
    return isNoMinus || isProse(rest) ? end : 0;
  }

  void count(TokenKind kind) {
    if (opensBracket(kind)) ++depth_;
    if (closesBracket(kind) && depth_ > 0) --depth_;
    continues_ = !endsOperand(kind);
  }

  TokenKind scan() {
    char c = peek();
    if (isNameStart(c) || wideLetter(text_.substr(at_)) > 0) return scanName();
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
    bool isWide = skipName();
    if (isWide) return TokenKind::WideName;
    std::string_view word = text_.substr(begin, at_ - begin);
    if (word == "true") return TokenKind::True;
    return word == "false" ? TokenKind::False : TokenKind::Name;
  }

  // True where the name has letters beyond ASCII.
  bool skipName() {
    bool isWide = false;
    for (;;) {
      if (isNameChar(peek())) {
        ++at_;
      } else if (size_t bytes = wideLetter(text_.substr(at_)); bytes > 0) {
        isWide = true;
        at_ += bytes;
      } else {
        return isWide;
      }
    }
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
    if (!isNameChar(peek()) && peek() != '.' && wideLetter(text_.substr(at_)) == 0) return kind;
    at_ = begin;
    return scanBadNumber();
  }

  // All that a reader would take for one number: `0x1F`, `1.`, `1_000`, `1.2.3`.
  TokenKind scanBadNumber() {
    for (skipName(); peek() == '.'; skipName()) ++at_;
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

  // A string of another language, signs that are ASCII signs in another form, or one character.
  TokenKind scanBadCharacters() {
    if (size_t bytes = foreignString(); bytes > 0) {
      at_ += bytes;
      return TokenKind::ForeignString;
    }
    if (isAscii(peek())) {
      ++at_;
      return TokenKind::BadCharacters;
    }
    auto isRun = [this] { return at_ < text_.size() && !signMeant(text_.substr(at_)).empty(); };
    if (!isRun()) {
      at_ += codePointStep(text_.substr(at_));
      return TokenKind::BadCharacters;
    }
    do at_ += codePointStep(text_.substr(at_));
    while (isRun() && foreignString() == 0);
    return TokenKind::BadCharacters;
  }

  // Bytes of the string in quotes of another kind that starts here. A quote that nothing closes is looked for once a
  // line, however many of its kind there are.
  size_t foreignString() {
    std::string_view line = text_.substr(at_, lineEnd() - at_);
    std::string_view quote = foreignQuote(line);
    if (quote.empty()) return 0;
    if (unclosedLine_ != lineEnd()) unclosedQuotes_.clear();
    unclosedLine_ = lineEnd();
    bool isKnown = unclosedQuotes_.find(quote) != std::string::npos;
    if (isKnown && !line.starts_with("''")) return 0;
    size_t bytes = foreignStringBytes(line);
    if (bytes == 0) unclosedQuotes_ += quote;
    return bytes;
  }

  std::string_view text_;
  size_t limit_;
  size_t at_ = 0;
  bool lineStart_ = true;
  // What the tokens before say of a "--": how many brackets are open, and whether an operand must follow.
  uint32_t depth_ = 0;
  size_t lineEnd_ = 0;
  bool unclosed_ = false;       // no "*/" follows
  std::string unclosedQuotes_;  // those that nothing closes on the line that ends at `unclosedLine_`
  size_t unclosedLine_ = 0;
  bool continues_ = false;
  std::vector<ForeignComment> foreignComments_;
};

}  // namespace

bool endsOperand(TokenKind kind) {
  switch (kind) {
    case TokenKind::Name:
    case TokenKind::QuotedName:
    case TokenKind::WideName:
    case TokenKind::True:
    case TokenKind::False:
    case TokenKind::Integer:
    case TokenKind::Float:
    case TokenKind::String:
    case TokenKind::RawString:
    case TokenKind::ForeignString:
    case TokenKind::RightParen:
    case TokenKind::RightBracket:
    case TokenKind::RightBrace: return true;
    default: return false;
  }
}

TokenList tokenize(std::string_view text, size_t limit) { return Scanner(text, limit).run(); }

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
