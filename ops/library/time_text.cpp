// SPDX-License-Identifier: Apache-2.0
// Times as text, read and written by a format of numbers: what strptime and strftime of C and Python do with these
// parts.
#include "ops/library/time_text.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "ops/groups.h"
#include "ops/library/time_format.h"
#include "ops/library/time_unit.h"
#include "ops/library/zone_of_data.h"
#include "support/utf8.h"

namespace featc {

namespace {

// -- Reading ----------------------------------------------------------------------------------------

constexpr std::string_view kReadParts = "YmdHMSfzIpbB";

// A format, and the zone where it is constant.
Prepared prepareParse(std::span<const Value> constants, std::span<const Type>) {
  auto format = std::make_shared<TimeFormat>();
  if (auto error = readFormat(constants[0], kReadParts, *format)) return {nullptr, std::move(error)};
  if (auto error = settleNumbers(format->steps)) return {nullptr, PrepareError{kFormatParam, *error}};
  bool hasZone = constants.size() < 2 || !constants[1].isMissing();
  if (format->has(Part::Offset) && hasZone)
    return {nullptr, PrepareError{kZoneParam, "with %z in the format the text says the zone itself"}};
  if (constants.size() < 2) return {format, std::nullopt};
  return {format, Zone::read(constants[1], kZoneParam, format->zone)};
}

class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : text_(text) {}

  bool read(const Step& step) {
    size_t least = step.isWhole ? 2 : 1;
    switch (step.part) {
      case Part::Literal: return accept(step.literal);
      case Part::Year: return number(4, 4, 1, 9999, year_);
      case Part::Month: return number(least, 2, 1, 12, month_);
      case Part::Day: return number(least, 2, 1, 31, day_);
      case Part::Hour: return number(least, 2, 0, 23, hour_);
      case Part::Minute: return number(least, 2, 0, 59, minute_);
      case Part::Second: return number(least, 2, 0, 59, second_);
      case Part::Fraction: {
        int64_t ignored = 0;
        return number(1, 9, 0, 999'999'999, ignored);
      }
      case Part::Offset: return readOffset();
      case Part::Hour12: saysHour12_ = true; return number(least, 2, 1, 12, hour_);
      case Part::HalfDay: return readHalfDay();
      case Part::MonthName:
      case Part::FullMonthName: return readMonthName();
    }
    return false;
  }

  bool atEnd() const { return text_.empty(); }
  bool accept(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  Maybe<int64_t> seconds(const Zone& zone) const {
    std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year_)),
                                     std::chrono::month(static_cast<unsigned>(month_)),
                                     std::chrono::day(static_cast<unsigned>(day_))};
    if (!text_.empty() || !date.ok()) return {};
    int64_t hour = saysHour12_ ? hour_ % 12 + (isAfternoon_ ? 12 : 0) : hour_;
    int64_t local = LocalTime{date, (hour * 60 + minute_) * 60 + second_}.local();
    int64_t time = saysOffset_ ? local - offset_ : zone.toUtc(local);
    if (!isTime(time)) return {};
    return time;
  }

 private:
  // As many digits as there are, up to `most`.
  bool number(size_t least, size_t most, int64_t low, int64_t high, int64_t& value) {
    size_t digits = 0;
    value = 0;
    for (; digits < std::min(most, text_.size()) && text_[digits] >= '0' && text_[digits] <= '9'; ++digits)
      value = value * 10 + (text_[digits] - '0');
    text_.remove_prefix(digits);
    return digits >= least && low <= value && value <= high;
  }
  // Whatever the letters' case.
  bool acceptWord(std::string_view word) {
    if (text_.size() < word.size() ||
        !std::equal(word.begin(), word.end(), text_.begin(), [](char a, char b) { return lowered(a) == lowered(b); }))
      return false;
    text_.remove_prefix(word.size());
    return true;
  }
  bool readHalfDay() {
    isAfternoon_ = acceptWord("PM");
    return isAfternoon_ || acceptWord("AM");
  }
  // Short or in full.
  bool readMonthName() {
    for (month_ = 1; month_ <= 12; ++month_) {
      std::string_view name = kMonthNames[static_cast<size_t>(month_ - 1)];
      if (acceptWord(name) || acceptWord(name.substr(0, kShortName))) return true;
    }
    return false;
  }
  // `Z`, `+08:00` or `+0800`.
  bool readOffset() {
    saysOffset_ = true;
    if (accept('Z')) return true;
    bool isWest = accept('-');
    int64_t hours = 0;
    int64_t minutes = 0;
    if (!(isWest || accept('+')) || !number(2, 2, 0, 23, hours)) return false;
    accept(':');
    if (!number(2, 2, 0, 59, minutes)) return false;
    int64_t seconds = (hours * 60 + minutes) * 60;
    offset_ = isWest ? -seconds : seconds;
    return true;
  }

  std::string_view text_;  // the rest
  int64_t year_ = 1970, month_ = 1, day_ = 1, hour_ = 0, minute_ = 0, second_ = 0;
  bool saysHour12_ = false;
  bool isAfternoon_ = false;
  bool saysOffset_ = false;
  int64_t offset_ = 0;
};

Maybe<int64_t> readTime(const TimeFormat& format, Str text, const Zone& zone) {
  TimeReader reader(text.view());
  for (const Step& step : format.steps)
    if (!reader.read(step)) return {};
  return reader.seconds(zone);
}
Maybe<int64_t> parseTime(const TimeFormat& format, Str text) { return readTime(format, text, format.zone); }
Maybe<int64_t> parseTimeIn(Context& context, const TimeFormat& format, Str text, Str zone) {
  return inZoneOfData(context, zone, [&](const Zone& z) { return readTime(format, text, z); });
}

// -- Writing ----------------------------------------------------------------------------------------

constexpr std::string_view kWrittenParts = "YmdHMSzIpbB";

Prepared prepareWrite(std::span<const Value> constants, std::span<const Type>) {
  auto format = std::make_shared<TimeFormat>();
  if (auto error = readFormat(constants[0], kWrittenParts, *format)) return {nullptr, std::move(error)};
  if (constants.size() < 2) return {format, std::nullopt};
  return {format, Zone::read(constants[1], kZoneParam, format->zone)};
}

// Beside UTC a year may be 0 or 10000.
constexpr size_t kMostDigits = 5;
// Of what is written for one step: "September".
constexpr size_t kMostBytes = 9;

char* writeNumber(char* to, size_t digits, int64_t value) {
  std::array<char, kMostDigits> text{};
  size_t n = 0;
  for (; n < digits || value > 0; value /= 10) text[n++] = static_cast<char>('0' + value % 10);
  return std::reverse_copy(text.begin(), text.begin() + n, to);
}

constexpr int64_t kNoon = 43'200;

char* writeText(char* to, std::string_view text) { return std::ranges::copy(text, to).out; }

char* writeStep(char* to, const Step& step, std::chrono::year_month_day date, int64_t second, int64_t offset) {
  switch (step.part) {
    case Part::Literal: *to = step.literal; return to + 1;
    case Part::Year: return writeNumber(to, 4, int(date.year()));
    case Part::Month: return writeNumber(to, 2, unsigned(date.month()));
    case Part::Day: return writeNumber(to, 2, unsigned(date.day()));
    case Part::Hour: return writeNumber(to, 2, second / 3600);
    case Part::Minute: return writeNumber(to, 2, second / 60 % 60);
    case Part::Second: return writeNumber(to, 2, second % 60);
    case Part::Offset: {
      *to = offset < 0 ? '-' : '+';
      int64_t minutes = (offset < 0 ? -offset : offset) / 60;
      return writeNumber(to + 1, 4, minutes / 60 * 100 + minutes % 60);
    }
    case Part::Hour12: return writeNumber(to, 2, (second / 3600 + 11) % 12 + 1);
    case Part::HalfDay: return writeText(to, second < kNoon ? "AM" : "PM");
    case Part::MonthName: return writeText(to, kMonthNames[unsigned(date.month()) - 1].substr(0, kShortName));
    case Part::FullMonthName: return writeText(to, kMonthNames[unsigned(date.month()) - 1]);
    case Part::Fraction: break;
  }
  return to;
}

Maybe<Str> writeTime(Context& context, const TimeFormat& format, int64_t time, const Zone& zone) {
  if (!isTime(time)) return {};
  int64_t offset = zone.offsetAt(time);
  char* text = context.newString(format.steps.size() * kMostBytes);
  if (text == nullptr) return {};
  LocalTime local = LocalTime::of(time + offset);
  std::chrono::year_month_day date(local.date);
  char* end = text;
  for (const Step& step : format.steps) end = writeStep(end, step, date, local.second, offset);
  return Str{text, static_cast<uint64_t>(end - text)};
}

Maybe<Str> formatTime(Context& context, const TimeFormat& format, int64_t time) {
  return writeTime(context, format, time, format.zone);
}
Maybe<Str> formatTimeIn(Context& context, const TimeFormat& format, int64_t time, Str zone) {
  return inZoneOfData(context, zone, [&](const Zone& z) { return writeTime(context, format, time, z); });
}

std::optional<Suspicion> suspectReading(std::span<const KnownArgument> arguments) {
  return suspectFormat(arguments, kReadParts);
}
std::optional<Suspicion> suspectWriting(std::span<const KnownArgument> arguments) {
  std::optional<Suspicion> format = suspectFormat(arguments, kWrittenParts);
  return format ? format : suspectTime(arguments, 0);
}

}  // namespace

std::optional<int64_t> parseTimestamp(std::string_view text) {
  TimeReader reader(text);
  auto number = [&](Part part) { return reader.read({part, '\0', true}); };
  auto date = [&] {
    return number(Part::Year) && reader.accept('-') && number(Part::Month) && reader.accept('-') && number(Part::Day);
  };
  auto clock = [&] {
    if (!number(Part::Hour) || !reader.accept(':') || !number(Part::Minute)) return false;
    if (!reader.accept(':')) return true;
    return number(Part::Second) && (!reader.accept('.') || number(Part::Fraction));
  };
  if (!date()) return std::nullopt;
  if (!reader.atEnd()) {
    if (!(reader.accept('T') || reader.accept(' ')) || !clock()) return std::nullopt;
    if (!reader.atEnd() && !number(Part::Offset)) return std::nullopt;
  }
  Maybe<int64_t> seconds = reader.seconds(Zone());
  return seconds.present ? std::optional(seconds.value) : std::nullopt;
}

std::string dataForms(Type type) {
  if (!type.isTimestamp()) return toString(type);
  return "timestamp (epoch seconds, or a text like 2024-12-01T10:00:00Z)";
}

std::string_view timeAdvice(Type type, std::string_view text) {
  bool isTime = type.is(Kind::Int64) && !type.isTimestamp() && parseTimestamp(text);
  return isTime ? "; declare the field timestamp" : "";
}

void registerTimeText(Registry& r) {
  r.group("Time");
  r.add("parse_time", {value("text"), constant("format"), optionalConstant("zone")},
        "Epoch seconds of a text: `%Y %m %d %H %M %S`, `%f` (dropped), `%z`, `%F %T`, `%I` with `%p`, a month's name "
        "`%b` or `%B`; missing where it does not fit; the rest is 1970-01-01.")
      .foreignNames({"strptime", "to_timestamp", "unix_timestamp", "to_unix_timestamp", "to_unixtime", "parse_datetime",
                     "str_to_date", "to_date", "date_parse"},
                    "takes the text and a format such as \"%Y-%m-%d\"")
      .example(R"(parse_time("2023-11-14 22:13:20", "%F %T"))", "1700000000")
      .example(R"(parse_time("20231115", "%Y%m%d", "Asia/Shanghai"))", "1699977600")
      .example(R"(parse_time("2023-11-15T06:13:20.5+08:00", "%FT%T.%f%z"))", "1700000000")
      .example(R"(parse_time("14 Nov 2023 10:13 PM", "%d %b %Y %I:%M %p"))", "1699999980")
      .example(R"(parse_time("2023-02-29", "%F"))", "missing")
      .whenVaries("zone", "parse_time_in")
      .add<parseTime>({Type::string(), Type::string()})
      .warnIf(suspectReading)
      .prepare(prepareParse);
  r.add("parse_time_in", {value("text"), constant("format"), value("zone")},
        "`parse_time` in a time zone from the data.")
      .standsFor("parse_time")
      .add<parseTimeIn>({Type::string()})
      .reportIfOdd(unknownZone)
      .warnIf(suspectReading)
      .prepare(prepareParse);
  r.add("format_time", {value("time"), constant("format"), optionalConstant("zone")},
        "The text of a time in epoch seconds, as `parse_time` reads it: `format_time(now, \"%Y%m%d\")` is a day's key.")
      .foreignNames({"strftime", "date_format", "from_unixtime", "format_datetime", "to_char", "time_format"},
                    "takes epoch seconds and a format such as \"%Y-%m-%d\"")
      .example(R"(format_time(1700000000, "%F %T"))", R"("2023-11-14 22:13:20")")
      .example(R"(format_time(1700000000, "%Y%m%d%H", "Asia/Shanghai"))", R"("2023111506")")
      .example(R"(format_time(1700000000, "%FT%T%z", "+05:30"))", R"("2023-11-15T03:43:20+0530")")
      .example(R"(format_time(1700000000, "%d %b %Y, %I %p"))", R"("14 Nov 2023, 10 PM")")
      .whenVaries("zone", "format_time_in")
      .add<formatTime>({Type::string(), Type::string()})
      .warnIf(suspectWriting)
      .reportIfOdd(otherTimeUnit)
      .prepare(prepareWrite);
  r.add("format_time_in", {value("time"), constant("format"), value("zone")},
        "`format_time` in a time zone from the data.")
      .standsFor("format_time")
      .add<formatTimeIn>({Type::string()})
      .warnIf(suspectWriting)
      .reportIfOdd(oddTimeInZone)
      .prepare(prepareWrite);
}

}  // namespace featc
