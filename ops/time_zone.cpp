// SPDX-License-Identifier: Apache-2.0
// The zone of a time: UTC, a fixed offset from it, or a named one.
#include "ops/time_zone.h"

#include <algorithm>
#include <string_view>

namespace featc {

namespace {

// `+08:00`, `-03:30`
std::optional<int64_t> fixedOffset(std::string_view name) {
  auto digit = [&](size_t i) { return name[i] >= '0' && name[i] <= '9'; };
  if (name.size() != 6 || (name[0] != '+' && name[0] != '-') || name[3] != ':') return std::nullopt;
  if (!digit(1) || !digit(2) || !digit(4) || !digit(5)) return std::nullopt;
  int64_t hours = (name[1] - '0') * 10 + (name[2] - '0');
  int64_t minutes = (name[4] - '0') * 10 + (name[5] - '0');
  if (hours > 14 || minutes > 59) return std::nullopt;
  int64_t seconds = hours * 3600 + minutes * 60;
  return name[0] == '-' ? -seconds : seconds;
}

// Names become paths below the zone database: nothing may lead out of it, nor to this machine's zone.
bool isZoneName(std::string_view name) {
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  };
  return !name.empty() && name.size() < 64 && name[0] >= 'A' && name[0] <= 'Z' &&
         std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

std::optional<PrepareError> Zone::read(const Value& name, uint32_t param, Zone& zone) {
  if (name.isMissing() || name.asString() == "UTC") return std::nullopt;
  if (auto offset = fixedOffset(name.asString())) {
    zone.offset_ = *offset;
    return std::nullopt;
  }
  zone.isFixed_ = false;
  if (isZoneName(name.asString()) && cctz::load_time_zone(name.asString(), &zone.rules_)) return std::nullopt;
  return PrepareError{param, "there is no time zone " + toString(name) +
                                 "; zones are named as \"Asia/Shanghai\", \"UTC\" or \"+08:00\""};
}

int64_t Zone::toUtc(int64_t local) const {
  if (isFixed_) return local - offset_;
  return rules_.lookup(cctz::civil_second() + local).pre.time_since_epoch().count();
}

}  // namespace featc
