// SPDX-License-Identifier: Apache-2.0
// Cuts the text of a config into tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "support/diagnostics.h"
#include "support/source.h"

namespace featc {

enum class TokenKind : uint8_t {
  End,
  Name,
  QuotedName,  // `ctr.7d`
  WideName,    // prïce: with letters beyond a..z and without backquotes, which is reported when all names are known
  True,
  False,
  Integer,
  Float,
  String,
  RawString,      // r"..."
  ForeignString,  // 'x', “x”: read as what it is elsewhere, and reported
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  LeftBrace,
  RightBrace,
  Comma,
  Colon,
  Question,
  Dot,
  Assign,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Not,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  And,
  Or,
  Default,
  // No tokens of the language; their statement is reported and skipped.
  BadCharacters,
  BadNumber,
  UnterminatedString,
  UnterminatedName,
};

// Twelve bytes, since a config may have millions.
struct Token {
  TokenKind kind = TokenKind::End;
  bool startsLine = false;  // the first of its line
  uint32_t begin = 0;
  uint32_t end = 0;
};

inline bool isNameToken(TokenKind kind) { return kind >= TokenKind::Name && kind <= TokenKind::WideName; }
inline bool isBadToken(TokenKind kind) { return kind >= TokenKind::BadCharacters; }
// `+ - * / % ! < <= > >= == != && || ??`, not `?` and `:`.
inline bool isOperatorToken(TokenKind kind) { return kind >= TokenKind::Plus && kind <= TokenKind::Default; }
inline bool opensBracket(TokenKind kind) {
  return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket || kind == TokenKind::LeftBrace;
}
inline bool closesBracket(TokenKind kind) {
  return kind == TokenKind::RightParen || kind == TokenKind::RightBracket || kind == TokenKind::RightBrace;
}
// A name, a literal or a closing bracket: what may end an operand.
bool endsOperand(TokenKind kind);

// A comment as another language writes it: `// ...`, `-- ...`, `/* ... */`.
struct ForeignComment {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// The tokens of `text`, an End token last. Stops at the limit and says so in `exceeded`. Comments of other languages
// are not tokens where no config could hold their signs.
struct TokenList {
  std::vector<Token> tokens;
  std::vector<ForeignComment> foreignComments;
  bool exceeded = false;
};
TokenList tokenize(std::string_view text, size_t limit);

// The position of the first NUL or byte that is not UTF-8.
std::optional<size_t> findInvalidText(std::string_view text);

// The name that a Name or QuotedName token stands for.
std::string_view nameOf(std::string_view text, const Token& token);
// As it must be written in a config: in backquotes where it is not a plain name.
std::string writtenName(std::string_view name);

}  // namespace featc
