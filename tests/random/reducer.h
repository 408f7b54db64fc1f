// SPDX-License-Identifier: Apache-2.0
// Shrinks a case that fails to a small one that fails in the same way.
#pragma once

#include "tests/random/checker.h"

namespace featc {

// Tries at most `tries` smaller cases. `kind` is the disagreement to keep. `enginesOnly`: as in CheckOptions.
RandomCase reduce(RandomCase failing, const std::string& kind, bool enginesOnly, int tries = 3000);

}  // namespace featc
