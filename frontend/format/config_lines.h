// SPDX-License-Identifier: Apache-2.0
// A valid config as lines: which tokens stand on each, its comment, and how far it is indented.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "frontend/format/token_style.h"

namespace featc {

// Of what kind a line is decides with which others it shares columns.
enum class LineKind : uint8_t {
  Other,
  Output,  // `sparse NAME CLAUSES = ...`
  Let,     // `let NAME = ...`
  Field,   // `NAME : ...` of a block, alone on its line
};

struct ConfigLine {
  uint32_t begin = 0;  // tokens; none on a line of a comment alone
  uint32_t end = 0;
  std::string_view comment;  // with its `#`, without blanks behind it
  uint32_t indent = 0;
  bool afterBlank = false;  // a blank line stands before it
  LineKind kind = LineKind::Other;
  uint32_t statement = 0;  // that the line is part of, or that follows a comment
};

std::vector<ConfigLine> cutIntoLines(const TokenFile& file, const std::vector<StatementTokens>& statements,
                                     const std::vector<TokenStyle>& styles);

}  // namespace featc
