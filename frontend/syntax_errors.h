// SPDX-License-Identifier: Apache-2.0
// Says in plain words why a statement could not be parsed.
#pragma once

#include "frontend/layout.h"
#include "frontend/statement_parser.h"

namespace featc {

// Reports the failure; `layout` stands behind the statement.
void reportSyntaxError(const TokenFile& file, const StatementTokens& statement, const SyntaxFailure& failure,
                       Layout& layout, Diagnostics& diagnostics);

}  // namespace featc
