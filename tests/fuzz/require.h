// SPDX-License-Identifier: Apache-2.0
// What a fuzz target says where something does not hold.
#pragma once

#include <cstdlib>

namespace featc {

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace featc
