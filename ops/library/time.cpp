// SPDX-License-Identifier: Apache-2.0
// Calendar and clock of epoch seconds, in UTC, at a fixed offset from it or in a named zone.
#include <chrono>

#include "ops/groups.h"
#include "ops/inline.h"
#include "ops/library/time_unit.h"
#include "ops/library/time_zone.h"
#include "ops/library/zone_of_data.h"
#include "ops/operator.h"
#include "values/wrap.h"

namespace featc {

namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

struct ZoneState : OpState {
  Zone zone;
};

template <uint32_t param>
Prepared prepareZone(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<ZoneState>();
  if (auto error = Zone::read(constants[0], param, state->zone)) return {nullptr, std::move(error)};
  return {state, std::nullopt};
}

std::optional<Suspicion> suspectInstant(std::span<const KnownArgument> arguments) { return suspectTime(arguments, 0); }
std::optional<Suspicion> suspectDates(std::span<const KnownArgument> arguments) {
  std::optional<Suspicion> first = suspectTime(arguments, 0);
  return first ? first : suspectTime(arguments, 1);
}

// -- Parts of a time --------------------------------------------------------------------------------

template <class F>
Maybe<int64_t> ofLocalTime(const Zone& zone, int64_t time, F&& part) {
  if (!isTime(time)) return {};
  return static_cast<int64_t>(part(LocalTime::of(time + zone.offsetAt(time))));
}

year_month_day civil(const LocalTime& t) { return year_month_day(t.date); }

Maybe<int64_t> hour(const Zone& zone, int64_t time) {
  return ofLocalTime(zone, time, [](const LocalTime& t) { return t.second / 3600; });
}
Maybe<int64_t> minute(const Zone& zone, int64_t time) {
  return ofLocalTime(zone, time, [](const LocalTime& t) { return t.second / 60 % 60; });
}
Maybe<int64_t> dayOfWeek(const Zone& zone, int64_t time) {
  return ofLocalTime(zone, time, [](const LocalTime& t) { return std::chrono::weekday(t.date).iso_encoding(); });
}
Maybe<int64_t> dayOfMonth(const Zone& zone, int64_t time) {
  return ofLocalTime(zone, time, [](const LocalTime& t) { return unsigned(civil(t).day()); });
}
Maybe<int64_t> dayOfYear(const Zone& zone, int64_t time) {
  return ofLocalTime(zone, time, [](const LocalTime& t) {
    return (t.date - sys_days(civil(t).year() / std::chrono::January / 1)).count() + 1;
  });
}
Maybe<int64_t> month(const Zone& zone, int64_t time) {
  return ofLocalTime(zone, time, [](const LocalTime& t) { return unsigned(civil(t).month()); });
}
Maybe<int64_t> year(const Zone& zone, int64_t time) {
  return ofLocalTime(zone, time, [](const LocalTime& t) { return int(civil(t).year()); });
}
Maybe<bool> isWeekend(const Zone& zone, int64_t time) {
  Maybe<int64_t> day = dayOfWeek(zone, time);
  return {day.value >= 6, day.present};
}
Maybe<int64_t> dateDiff(const Zone& zone, int64_t a, int64_t b) {
  auto date = [&](int64_t time) {
    return ofLocalTime(zone, time, [](const LocalTime& t) { return t.date.time_since_epoch().count(); });
  };
  Maybe<int64_t> x = date(a);
  Maybe<int64_t> y = date(b);
  return {x.value - y.value, x.present && y.present};
}

// -- In a zone --------------------------------------------------------------------------------------

// Such a part where the zone is constant, and where data names it.
template <auto part>
struct InZone;
template <class R, class... Times, R (*part)(const Zone&, Times...)>
struct InZone<part> {
  static R constant(const ZoneState& state, Times... times) { return part(state.zone, times...); }
  static R ofData(Context& context, Times... times, Str name) {
    return inZoneOfData(context, name, [&](const Zone& zone) { return part(zone, times...); });
  }
};

int64_t secondsSince(int64_t time, int64_t now) { return wrapSubtract(now, time); }
InlineValue inlineSecondsSince(Inline& b, const InlineValue* a) { return b.sub(a[1], a[0]); }

}  // namespace

void registerTime(Registry& r) {
  r.group("Time");
  auto add = [&](std::string_view name, std::string_view doc) {
    return r.add(name, {value("time"), optionalConstant("zone")}, doc)
        .warnIf(suspectInstant)
        .reportIfOdd(otherTimeUnit);
  };
  auto addInZone = [&]<auto part>(std::string_view name, std::string_view called) {
    return r.add(name, {value("time"), value("zone")}, "The same in a time zone from the data.")
        .standsFor(called)
        .warnIf(suspectInstant)
        .reportIfOdd(oddTimeInZone)
        .template add<InZone<part>::ofData>();
  };
  add("hour",
      "The hour, 0 to 23, of a time in epoch seconds, in UTC or the zone (`\"Asia/Shanghai\"`, `\"+08:00\"`, a "
      "field); missing for an unknown zone and outside the years 1 to 9999.")
      .foreignNames({"hour_of_day"})
      .example("hour(1700000000)", "22")
      .example(R"(hour(1700000000, "Asia/Shanghai"))", "6")
      .add<InZone<hour>::constant>({Type::string()})
      .resultRange(0, 23)
      .whenVaries("zone", "hour_in")
      .prepare(prepareZone<1>);
  addInZone.operator()<hour>("hour_in", "hour").resultRange(0, 23);
  add("minute", "The minute of the hour, 0 to 59.")
      .foreignNames({"minute_of_hour"})
      .example("minute(1700000000)", "13")
      .example(R"(minute(1700000000, "+05:30"))", "43")
      .add<InZone<minute>::constant>({Type::string()})
      .resultRange(0, 59)
      .whenVaries("zone", "minute_in")
      .prepare(prepareZone<1>);
  addInZone.operator()<minute>("minute_in", "minute").resultRange(0, 59);
  add("day_of_week", "The day of the week, 1 for Monday to 7 for Sunday.")
      .foreignNames({"iso_dow"})
      .foreignNames({"weekday", "dow", "dayofweek"}, "1 for Monday to 7 for Sunday")
      .example("day_of_week(1700000000)", "2")
      .add<InZone<dayOfWeek>::constant>({Type::string()})
      .resultRange(1, 7)
      .whenVaries("zone", "day_of_week_in")
      .prepare(prepareZone<1>);
  addInZone.operator()<dayOfWeek>("day_of_week_in", "day_of_week").resultRange(1, 7);
  add("is_weekend", "Whether it is Saturday or Sunday.")
      .example("is_weekend(1700000000)", "false")
      .add<InZone<isWeekend>::constant>({Type::string()})
      .whenVaries("zone", "is_weekend_in")
      .prepare(prepareZone<1>);
  addInZone.operator()<isWeekend>("is_weekend_in", "is_weekend");
  add("day_of_month", "The day of the month, 1 to 31.")
      .foreignNames({"day", "mday"})
      .example("day_of_month(1700000000)", "14")
      .example(R"(day_of_month(1700000000, zone = "Asia/Shanghai"))", "15")
      .add<InZone<dayOfMonth>::constant>({Type::string()})
      .resultRange(1, 31)
      .whenVaries("zone", "day_of_month_in")
      .prepare(prepareZone<1>);
  addInZone.operator()<dayOfMonth>("day_of_month_in", "day_of_month").resultRange(1, 31);
  add("day_of_year", "The day of the year, 1 to 366.")
      .foreignNames({"doy"})
      .foreignNames({"yday"}, "counts from 1")
      .example("day_of_year(1700000000)", "318")
      .add<InZone<dayOfYear>::constant>({Type::string()})
      .resultRange(1, 366)
      .whenVaries("zone", "day_of_year_in")
      .prepare(prepareZone<1>);
  addInZone.operator()<dayOfYear>("day_of_year_in", "day_of_year").resultRange(1, 366);
  add("month", "The month, 1 to 12.")
      .foreignNames({"month_of_year"})
      .example("month(1700000000)", "11")
      .add<InZone<month>::constant>({Type::string()})
      .resultRange(1, 12)
      .whenVaries("zone", "month_in")
      .prepare(prepareZone<1>);
  addInZone.operator()<month>("month_in", "month").resultRange(1, 12);
  add("year", "The year.")
      .example("year(1700000000)", "2023")
      .add<InZone<year>::constant>({Type::string()})
      .resultRange(0, 10000)
      .whenVaries("zone", "year_in")
      .prepare(prepareZone<1>);
  addInZone.operator()<year>("year_in", "year").resultRange(0, 10000);
  r.add("date_diff", {value("a"), value("b"), optionalConstant("zone")},
        "How many midnights lie from the date of `b` to that of `a`, both in epoch seconds.")
      .foreignNames({"datediff", "days_between"}, "of times in epoch seconds: the midnights from `b` to `a`")
      .warnIfSame("the result is 0")
      .example("date_diff(1700000000, 1699990000)", "0")
      .example(R"(date_diff(1700000000, 1699970000, "Asia/Shanghai"))", "1")
      .add<InZone<dateDiff>::constant>({Type::string()})
      .warnIf(suspectDates)
      .reportIfOdd(otherTimeUnit)
      .whenVaries("zone", "date_diff_in")
      .prepare(prepareZone<2>);
  r.add("date_diff_in", {value("a"), value("b"), value("zone")}, "The same in a time zone from the data.")
      .standsFor("date_diff")
      .warnIf(suspectDates)
      .reportIfOdd(oddTimeInZone)
      .add<InZone<dateDiff>::ofData>();
  r.add("seconds_since", {value("time"), value("now")}, "`now` - `time`: how long ago, negative for a time to come.")
      .foreignNames({"timediff"}, "`now` - `time`, in seconds: the earlier time comes first")
      .warnIfSame("the result is 0")
      .example("seconds_since(1699999000, now = 1700000000)", "1000")
      .reportIfOdd(mixedTimeUnits)
      .add<secondsSince>()
      .inlined(inlineSecondsSince);
}

}  // namespace featc
