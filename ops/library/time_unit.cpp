// SPDX-License-Identifier: Apache-2.0
// Guesses a time's unit: that in which it lies in the decades that data is from.
#include "ops/library/time_unit.h"

#include <algorithm>
#include <cstdint>

namespace featc {

namespace {

struct Unit {
  int64_t first = 0;  // 1990
  int64_t last = 0;   // 2100
  std::string_view text;
  std::string_view name{};
  std::string_view ofOne{};  // of two times
  int64_t perSecond = 0;     // 0: a constant of that size may well be seconds
};
constexpr int64_t k1990 = 631'152'000;
constexpr int64_t k2100 = 4'102'444'800;
constexpr int64_t kDay = 86'400;
// 2000 and 2050: as seconds these are a few hours of one night, which a time of the day may be too.
constexpr int64_t k2000 = 946'684'800;
constexpr int64_t k2050 = 2'524'608'000;

constexpr Unit kUnits[] = {
    {k1990 * 1'000, k2100 * 1'000, "takes seconds, and its times look like milliseconds: divide them, int(t / 1000)",
     "milliseconds", "takes seconds, and one of its times looks like milliseconds: divide it, int(t / 1000)", 1'000},
    {k1990 * 1'000'000, k2100 * 1'000'000,
     "takes seconds, and its times look like microseconds: divide them, int(t / 1000000)", "microseconds",
     "takes seconds, and one of its times looks like microseconds: divide it, int(t / 1000000)", 1'000'000},
    {k1990 * 1'000'000'000, k2100 * 1'000'000'000,
     "takes seconds, and its times look like nanoseconds: divide them, int(t / 1000000000)", "nanoseconds",
     "takes seconds, and one of its times looks like nanoseconds: divide it, int(t / 1000000000)", 1'000'000'000},
    {k2000 / kDay, k2050 / kDay, "takes seconds, and its times look like days: multiply them, t * 86400"},
};

const Unit* unitOf(const Value& time) {
  if (!time.isInt()) return nullptr;
  const Unit* unit =
      std::ranges::find_if(kUnits, [t = time.asInt()](const Unit& u) { return u.first <= t && t <= u.last; });
  return unit == std::end(kUnits) ? nullptr : unit;
}

}  // namespace

Oddity otherTimeUnit(std::span<const Value> arguments, const Value& result) {
  for (const Value& time : arguments)
    if (const Unit* unit = unitOf(time)) return {unit->text, !result.isMissing()};
  return {};
}

Oddity mixedTimeUnits(std::span<const Value> arguments, const Value&) {
  const Unit* first = unitOf(arguments[0]);
  const Unit* second = unitOf(arguments[1]);
  if (first == second) return {};
  for (const Unit* unit : {first, second})
    if (unit != nullptr && unit->perSecond != 0) return {unit->ofOne, false};
  return {};
}

std::optional<Suspicion> suspectTime(std::span<const KnownArgument> arguments, uint32_t param) {
  const Value& time = arguments[param].value;
  const Unit* unit = unitOf(time);
  if (unit == nullptr || unit->perSecond == 0) return std::nullopt;
  std::string message = toString(time) + " looks like " + std::string(unit->name) + ", but a time is in seconds";
  return Suspicion{param, std::move(message), {}, {}, std::to_string(time.asInt() / unit->perSecond)};
}

}  // namespace featc
