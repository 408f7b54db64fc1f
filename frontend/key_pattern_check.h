// SPDX-License-Identifier: Apache-2.0
// Checks a source's key pattern: its placeholders, and whether different rows can get the same key.
#pragma once

#include "frontend/ast.h"
#include "frontend/names.h"
#include "support/diagnostics.h"

namespace featc {

void checkKeyPattern(const SourceDecl& source, const Names& names, Diagnostics& diagnostics);

}  // namespace featc
