// SPDX-License-Identifier: Apache-2.0
// The hash of a present cell of any scalar type, as the operator `hash` takes it.
#pragma once

#include "values/cell.h"
#include "values/hash.h"

namespace featc {

inline uint64_t hashValue(HashFamily family, bool value) { return hashInt(family, value ? 1 : 0); }
inline uint64_t hashValue(HashFamily family, int64_t value) { return hashInt(family, value); }
inline uint64_t hashValue(HashFamily family, double value) { return hashFloat(family, value); }
inline uint64_t hashValue(HashFamily family, Str value) { return hashBytes(family, value.view()); }

}  // namespace featc
