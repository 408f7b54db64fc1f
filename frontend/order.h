// SPDX-License-Identifier: Apache-2.0
// In which order lets and fns can be checked: each after those that it uses.
#pragma once

#include <cstdint>
#include <vector>

#include "frontend/names.h"

namespace featc {

// A `let` or a `fn`, by its index in the Ast.
struct Definition {
  bool isFn = false;
  uint32_t index = 0;
};

struct DefinitionOrder {
  std::vector<Definition> order;
  // Part of a cycle (reported): what it is cannot be known.
  std::vector<bool> brokenLet, brokenFn;
};

// Reports cycles with the chain of names.
DefinitionOrder orderDefinitions(const Ast& ast, const Names& names, Diagnostics& diagnostics);

}  // namespace featc
