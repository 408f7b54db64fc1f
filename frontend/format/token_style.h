// SPDX-License-Identifier: Apache-2.0
// How each token of a valid statement is written: what stands before it, and whether it begins a line.
#pragma once

#include <cstdint>
#include <vector>

#include "frontend/statement_splitter.h"

namespace featc {

enum class LineBreak : uint8_t {
  AsWritten,  // where the author has one
  Never,      // `{` of a block
  Always,     // the first entry of a block of several lines, and the block's `}`
};

struct TokenStyle {
  uint8_t blanks = 1;  // before it, within a line
  LineBreak lineBreak = LineBreak::AsWritten;
  bool startsEntry = false;   // of a block or a struct type: a field, a key
  bool isFieldColon = false;  // of such an entry
};

// One a token of the file; the statements are valid and tell their tokens one by one.
class TokenStyler {
 public:
  explicit TokenStyler(const TokenFile& file) : file_(file), styles_(file.tokens.size()) {}

  void add(const StatementTokens& statement);
  const std::vector<TokenStyle>& styles() const { return styles_; }

 private:
  class Statement;

  const TokenFile& file_;
  std::vector<TokenStyle> styles_;
};

}  // namespace featc
