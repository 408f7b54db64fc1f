// SPDX-License-Identifier: Apache-2.0
// Operators whose zone is a value of the data: each is a record of its own that the compiler takes where the zone of
// the one that configs call is not constant.
#pragma once

#include <new>

#include "ops/oddity.h"
#include "ops/operator.h"
#include "ops/time_zone.h"

namespace featc {

// `hour_in` of `hour`; null where an operator has no zone.
const Operator* withZoneOfData(const Operator& op);

// What a config calls an operator: `hour` of `hour_in`, else its name.
std::string_view nameInConfigs(const Operator& op);

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
