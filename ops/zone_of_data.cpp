// SPDX-License-Identifier: Apache-2.0
// Operators whose zone is a value of the data.
#include "ops/zone_of_data.h"

#include <algorithm>
#include <string>

#include "ops/time_unit.h"

namespace featc {

namespace {

constexpr std::string_view kSuffix = "_in";

}  // namespace

const Operator* withZoneOfData(const Operator& op) {
  bool hasZone = std::ranges::any_of(op.params, [](const ParamSpec& p) { return p.isConstant && p.name == "zone"; });
  return hasZone ? operators().find(std::string(op.name) + std::string(kSuffix)) : nullptr;
}

std::string_view nameInConfigs(const Operator& op) {
  if (!op.isInternal || !op.name.ends_with(kSuffix)) return op.name;
  std::string_view called = op.name.substr(0, op.name.size() - kSuffix.size());
  return operators().find(called) != nullptr ? called : op.name;
}

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
