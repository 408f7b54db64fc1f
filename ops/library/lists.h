// SPDX-License-Identifier: Apache-2.0
// The string forms of operators that belong to lists as well; defined in text.cpp.
#pragma once

#include "ops/kernel.h"

namespace featc {

Maybe<Str> stringIndex(Str s, int64_t i);
int64_t stringLength(Str s);
Maybe<int64_t> stringIndexOf(Str s, Str part);
bool stringContains(Str s, Str part);
Str joinStrings(Context& context, Str first, Each<Str> more);

}  // namespace featc
