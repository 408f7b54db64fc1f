// SPDX-License-Identifier: Apache-2.0
// Names and clauses of outputs in a form or place of other languages.
#pragma once

#include "frontend/statement_splitter.h"

namespace featc {

// Reports clauses that token `at` of an output's statement, where it stopped making sense, belongs to. False, without a
// report, where that is something else.
bool reportClauses(const TokenFile& file, const StatementTokens& statement, uint32_t at, Diagnostics& diagnostics);

// Reports the declared name that token `at` belongs to, or that is missing there; false as above.
bool reportDeclaredName(const TokenFile& file, const StatementTokens& statement, uint32_t at, Diagnostics& diagnostics);

}  // namespace featc
