// SPDX-License-Identifier: Apache-2.0
// Names with letters beyond a..z: those without backquotes, and those that look like others.
#pragma once

#include <string>
#include <vector>

#include "frontend/ast.h"
#include "support/diagnostics.h"

namespace featc {

// Reports names without backquotes that need them, each with what was meant, once all files are read: backquotes, or
// the declared name that it looks like. What they name is then no further mistake.
void reportUnquotedNames(const std::vector<Name>& unquoted, Ast& ast, Diagnostics& diagnostics);

// Warns of declared names that look like others, or whose letters are of two scripts that look alike.
void warnLookAlikes(const Ast& ast, Diagnostics& diagnostics);

}  // namespace featc
