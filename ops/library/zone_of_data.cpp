// SPDX-License-Identifier: Apache-2.0
// Operators whose zone is a value of the data.
#include "ops/library/zone_of_data.h"

#include <algorithm>
#include <string>

#include "ops/library/time_unit.h"

namespace featc {

Oddity unknownZone(std::span<const Value> arguments, const Value&) {
  auto isUnknown = [](const Value& name) {
    Zone zone;
    return name.isString() && !Zone::named(name.asString(), zone);
  };
  const Value& zone = arguments.back();
  bool odd = zone.isList() ? std::ranges::any_of(zone.asList(), isUnknown) : isUnknown(zone);
  return odd ? Oddity{"is given time zones that this machine does not know", false} : Oddity{};
}

Oddity oddTimeInZone(std::span<const Value> arguments, const Value& result) {
  Oddity zone = unknownZone(arguments, result);
  return zone.text.empty() ? otherTimeUnit(arguments.first(arguments.size() - 1), result) : zone;
}

}  // namespace featc
