// SPDX-License-Identifier: Apache-2.0
// Times in another unit than the seconds that every operator takes.
#pragma once

#include "ops/oddity.h"

namespace featc {

// Of a call whose arguments are times: one that looks like milliseconds, microseconds, nanoseconds or days.
Oddity otherTimeUnit(std::span<const Value> arguments, const Value& result);

// Of a call of two times in different units: what the first other one than seconds looks like.
Oddity mixedTimeUnits(std::span<const Value> arguments, const Value& result);

// Of a constant argument that can only be a time in milliseconds, microseconds or nanoseconds.
std::optional<Suspicion> suspectTime(std::span<const KnownArgument> arguments, uint32_t param);

}  // namespace featc
