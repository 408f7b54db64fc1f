// SPDX-License-Identifier: Apache-2.0
// Floats as text without memory of its own.
#pragma once

#include <cstddef>

namespace featc {

inline constexpr size_t kMaxFloatText = 32;
// Writes what formatFloat returns to `out`, which has room for kMaxFloatText bytes; how many it took.
size_t writeFloat(double v, char* out);

}  // namespace featc
