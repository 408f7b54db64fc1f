// SPDX-License-Identifier: Apache-2.0
// Random literals, and arguments for parameters that must be constants.
#pragma once

#include "tests/random/program.h"
#include "tests/random/rng.h"

namespace featc {

// A literal of any type that has one: scalars, lists (not empty) and maps.
ExprPtr randomLiteral(Rng& rng, Type type);
// A constant that names a time zone.
ExprPtr zoneLiteral(Rng& rng);
// The literal that the reducer puts in place of a larger expression: 0, "", [1] ...
ExprPtr plainLiteral(Type type);
// Children for all constant parameters of one overload, accepted by the operator's prepare; null
// children are left-out ones. False when none were found in a few tries. `files`: whether one may be a file's name.
bool randomConstants(Rng& rng, const Operator& op, const Overload& overload, bool files,
                     std::vector<ExprPtr>& children);

}  // namespace featc
