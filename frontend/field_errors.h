// SPDX-License-Identifier: Apache-2.0
// Fields and parameters as other languages declare them.
#pragma once

#include "frontend/statement_splitter.h"

namespace featc {

// Reports the field or parameter of the statement that token `at`, where it stopped making sense, belongs to. False,
// without a report, where nothing more can be said of it.
bool reportField(const TokenFile& file, const StatementTokens& statement, uint32_t at, Diagnostics& diagnostics);

}  // namespace featc
