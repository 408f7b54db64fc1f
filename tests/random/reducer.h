// SPDX-License-Identifier: Apache-2.0
// Shrinks a case that fails to a small one that fails in the same way.
#pragma once

#include "tests/random/checker.h"

namespace featc {

// Tries at most `tries` smaller cases. `kind` is the disagreement to keep.
RandomCase reduce(RandomCase failing, const std::string& kind, int tries = 3000);

}  // namespace featc
