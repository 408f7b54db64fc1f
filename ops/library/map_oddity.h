// SPDX-License-Identifier: Apache-2.0
// Keys that the maps of a run never have.
#pragma once

#include "ops/oddity.h"

namespace featc {

// Of a call whose arguments are a map and a key, or a list of keys.
Oddity oddLookup(std::span<const Value> arguments, const Value& result);
// Of one whose arguments are a map of maps and a key of each.
Oddity oddMatch(std::span<const Value> arguments, const Value& result);

}  // namespace featc
