// SPDX-License-Identifier: Apache-2.0
// The zone of a time: UTC, a fixed offset from it, or a named one. A named zone's rules are those of the machine's time
// zone database when the config is loaded.
#pragma once

#include <cctz/time_zone.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ops/library/zone_offsets.h"
#include "ops/operator.h"

namespace featc {

// The years 1 to 9999 in UTC: milliseconds taken for seconds lie beyond them, and are missing.
inline constexpr int64_t kFirstSecond = -62'135'596'800;
inline constexpr int64_t kLastSecond = 253'402'300'799;

inline constexpr bool isTime(int64_t seconds) { return kFirstSecond <= seconds && seconds <= kLastSecond; }

// What a clock and a calendar show.
struct LocalTime {
  std::chrono::sys_days date;
  int64_t second = 0;  // of the day

  // `local`: seconds since 1970-01-01 00:00:00 there.
  static LocalTime of(int64_t local) {
    auto date = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(local)));
    return {date, local - std::chrono::seconds(date.time_since_epoch()).count()};
  }
  int64_t local() const { return std::chrono::seconds(date.time_since_epoch()).count() + second; }
};

class Zone {
 public:
  // Of a constant parameter: `"Asia/Shanghai"`, `"+08:00"`, `"UTC"`, which it is too where it is left out.
  static std::optional<PrepareError> read(const Value& name, uint32_t param, Zone& zone);
  // The zone that is probably meant by a name that is none: "Europe/Berlin" by "Berlin", "+08:00" by "UTC+8". Empty:
  // nobody knows.
  static std::string meant(std::string_view name);

  // Of what data says: false where there is no such zone. Zones are read once and kept, as many as there are files in
  // the machine's time zone database. May throw std::bad_alloc.
  static bool named(std::string_view name, Zone& zone);

  // Seconds east of UTC.
  int64_t offsetAt(int64_t time) const {
    if (isFixed_) return offset_;
    int64_t offset = 0;
    if (offsets_ != nullptr && offsets_->find(time, offset)) return offset;
    return rules_.lookup(cctz::time_point<cctz::seconds>(cctz::seconds(time))).offset;
  }
  // Epoch seconds of what a clock there shows, `local` as if it were UTC. What the clock skips or shows twice is taken
  // with the offset before the change.
  int64_t toUtc(int64_t local) const;

 private:
  bool isFixed_ = true;
  int64_t offset_ = 0;
  cctz::time_zone rules_;
  const ZoneOffsets* offsets_ = nullptr;  // of constant zones
};

// The zones of the machine's time zone database that a name may mean, in order; what is no zone may be among them.
std::vector<std::string> zoneFiles();

}  // namespace featc
