// SPDX-License-Identifier: Apache-2.0
// What the inline code of several operators shares.
#include "ops/inline.h"

#include <limits>

namespace featc {

InlineValue Inline::isFinite(V a) {
  return compare(FloatCompare::LessEqual, fabs(a), constFloat(std::numeric_limits<double>::max()));
}

}  // namespace featc
