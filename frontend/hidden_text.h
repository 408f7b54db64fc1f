// SPDX-License-Identifier: Apache-2.0
// Characters that make a config show other than it is.
#pragma once

#include "frontend/statement_splitter.h"

namespace featc {

// Reports signs that turn the direction of text, wherever they stand, and in comments and strings what some editors
// show as the end of a line though it is none. They are what Rust's compiler refuses, by CVE-2021-42574.
void reportHiddenText(const TokenFile& file, Diagnostics& diagnostics);

}  // namespace featc
