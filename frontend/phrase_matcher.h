// SPDX-License-Identifier: Apache-2.0
// Finds a phrase such as `X not in L` in the tokens of a statement, with what stands for its capital letters.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "frontend/statement_splitter.h"

namespace featc {

// A range of tokens.
struct TokenRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// What a phrase's capital letters stood for.
class PhraseMatch {
 public:
  PhraseMatch(const TokenFile& file, const StatementTokens& statement) : file_(&file), statement_(&statement) {}

  const TokenFile& file() const { return *file_; }
  const StatementTokens& statement() const { return *statement_; }
  const TokenRange& range() const { return range_; }
  // The first word or sign of the phrase.
  const TokenRange& anchor() const { return anchor_; }
  Span span(const TokenRange& range) const {
    return file_->span(file_->tokens[range.begin]).to(file_->span(file_->tokens[range.end - 1]));
  }
  const TokenRange& capture(char letter) const { return captures_[static_cast<size_t>(letter - 'A')]; }
  // The capture as it is written in this language.
  std::string text(char letter) const;
  // `to` with the captures in the places of its capital letters.
  std::string fill(std::string_view to) const;
  // Whether nothing beside the phrase could bind to a part of it.
  bool standsAlone() const;

 private:
  friend class PhraseMatcher;

  const TokenFile* file_;
  const StatementTokens* statement_;
  TokenRange range_;
  TokenRange anchor_;
  std::array<TokenRange, 26> captures_{};
};

// `pattern`: tokens with spaces between them; a word may be one of several, `fn|def`. Capital letters are
//   A B      an operand: a literal, or a name with what follows it
//   U        the same with signs before it
//   P        the same with * / %
//   X Y Z    the same with + -
//   Q        the same with comparisons
//   C E F    all up to the phrase's next word, a bracket, a comma, `=`, `?` or `:`
//   L        as X, or values in brackets, which are a list here
//   R        what stands in brackets, or nothing
//   G        the same where each is a parameter with its type
//   D        a type
//   T        a word that names a type; in the result the operator that makes such a value
//   N        a number
//   S V      a string
//   W        a name
//   M        a word for what is missing
std::optional<PhraseMatch> matchPhrase(std::string_view pattern, const TokenFile& file,
                                       const StatementTokens& statement, uint32_t at);

// Tokens as they are written in this language, word by word: `and` as `&&`, 'x' as "x".
std::string translated(const TokenFile& file, TokenRange range);

}  // namespace featc
