// SPDX-License-Identifier: Apache-2.0
// Characters that make a text show other than it is.
#pragma once

#include <cstdint>

namespace featc {

// Embeddings, overrides and isolates, and what ends them: they turn the direction of what follows.
constexpr bool turnsText(uint32_t codePoint) {
  return (codePoint >= 0x202A && codePoint <= 0x202E) || (codePoint >= 0x2066 && codePoint <= 0x2069);
}

// What ends a line in some editors and in Unicode, but not in a config.
constexpr bool endsLineElsewhere(uint32_t codePoint) {
  return codePoint == '\r' || codePoint == 0x0B || codePoint == 0x0C || codePoint == 0x85 || codePoint == 0x2028 ||
         codePoint == 0x2029;
}

}  // namespace featc
