// SPDX-License-Identifier: Apache-2.0
// Hands the tokens of one statement after the other to one ANTLR parser.
#pragma once

#include <memory>

#include "FeatParser.h"
#include "frontend/statement_splitter.h"

namespace featc {

// The token of our own behind a token of a parse tree.
uint32_t tokenIndex(const antlr4::Token* token);

// Where a statement stopped making sense.
struct SyntaxFailure {
  uint32_t token = 0;  // in the file's tokens; the statement's end where it is too short
  size_t rule = 0;     // FeatParser::Rule...
  antlr4::misc::IntervalSet expected;
};

class StatementParser {
 public:
  StatementParser();
  ~StatementParser();

  // The tree lives until the next call. Null after a syntax error, which failure() tells.
  grammar::FeatParser::StatementContext* parse(const TokenFile& file, const StatementTokens& statement);
  const SyntaxFailure& failure() const { return failure_; }

 private:
  class Tokens;
  std::unique_ptr<Tokens> tokens_;
  std::unique_ptr<grammar::FeatParser> parser_;
  SyntaxFailure failure_;
};

}  // namespace featc
