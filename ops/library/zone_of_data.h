// SPDX-License-Identifier: Apache-2.0
// Operators whose zone is a value of the data: each is a record of its own that the compiler takes where the zone of
// the one that configs call is not constant.
#pragma once

#include <new>

#include "ops/library/time_zone.h"
#include "ops/oddity.h"
#include "ops/operator.h"

namespace featc {

// `part(zone)`, which is missing where no zone has that name.
template <class F>
auto inZoneOfData(Context& context, Str name, F&& part) -> decltype(part(Zone())) {
  Zone zone;
  try {
    if (!Zone::named(name.view(), zone)) return {};
  } catch (const std::bad_alloc&) {
    context.fail(RowStatus::OutOfMemory);
    return {};
  }
  return part(zone);
}

// Of a call whose last argument is a zone; of times in seconds, too.
Oddity unknownZone(std::span<const Value> arguments, const Value& result);
Oddity oddTimeInZone(std::span<const Value> arguments, const Value& result);

}  // namespace featc
