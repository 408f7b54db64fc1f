// SPDX-License-Identifier: Apache-2.0
// Random values, rich in edge cases, for literals, columns and store rows.
#pragma once

#include "tests/random/rng.h"
#include "values/value.h"

namespace featc {

// A present value of a scalar type. Non-finite floats and bytes that are not UTF-8 included.
Value randomScalar(Rng& rng, Type type);
// A present value of any input type: lists have missing elements; a map comes as a list of
// [key, value] lists, not sorted and with repeated keys, as a caller may pass it.
Value randomInput(Rng& rng, Type type);

// How many elements a list or map has, and a list of that many.
uint64_t randomSize(Rng& rng);
Value randomList(Rng& rng, Type element, uint64_t size);

}  // namespace featc
