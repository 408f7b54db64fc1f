// SPDX-License-Identifier: Apache-2.0
// What other languages write with several tokens, and what it is here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "frontend/statement_splitter.h"

namespace featc {

// A phrase that was found in a statement.
struct PhraseFound {
  Span at;    // its first word or sign
  Span span;  // all of it
  std::string message;
  std::optional<std::string> instead;  // of `span`, where that is certain

  void report(DiagnosticKind kind, Diagnostics& diagnostics) const;
};

// The phrase that token `at` of the statement, where it stopped making sense, belongs to.
std::optional<PhraseFound> foreignPhrase(const TokenFile& file, const StatementTokens& statement, uint32_t at);

// The same of lines that start no statement here.
std::optional<PhraseFound> foreignStatement(const TokenFile& file, const StatementTokens& lines);

// Whether the statement makes sense up to the end of what would stand instead of `span`.
bool makesSense(const TokenFile& file, const StatementTokens& statement, Span span, const std::string& instead);

}  // namespace featc
