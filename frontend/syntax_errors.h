// SPDX-License-Identifier: Apache-2.0
// Says in plain words why a statement could not be parsed.
#pragma once

#include "frontend/statement_parser.h"
#include "frontend/statement_splitter.h"

namespace featc {

// Reports the failure; `statements` stands behind the statement.
void reportSyntaxError(const TokenFile& file, const StatementTokens& statement, const SyntaxFailure& failure,
                       StatementSplitter& statements, Diagnostics& diagnostics);

}  // namespace featc
