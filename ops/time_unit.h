// SPDX-License-Identifier: Apache-2.0
// Times in another unit than the seconds that every operator takes.
#pragma once

#include "ops/oddity.h"

namespace featc {

// Of a call whose arguments are times: one that looks like milliseconds, microseconds, nanoseconds or days.
Oddity otherTimeUnit(std::span<const Value> arguments, const Value& result);

}  // namespace featc
