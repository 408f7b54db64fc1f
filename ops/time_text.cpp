// SPDX-License-Identifier: Apache-2.0
// Times as text, read and written by a format of numbers: what strptime and strftime of C and Python do with these
// parts.
#include "ops/time_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "ops/groups.h"
#include "ops/operator.h"
#include "ops/time_unit.h"
#include "ops/time_zone.h"

namespace featc {

namespace {

// -- Formats ----------------------------------------------------------------------------------------

// One part of a time, by the letter that stands for it after `%`.
enum class Part : char {
  Literal = '\0',
  Year = 'Y',
  Month = 'm',
  Day = 'd',
  Hour = 'H',
  Minute = 'M',
  Second = 'S',
  Fraction = 'f',  // of a second; read and forgotten
  Offset = 'z',    // from UTC
};
struct Step {
  Part part = Part::Literal;
  char literal = '\0';
  // Of reading: a number beside others has all its digits, lest one be taken for another's.
  bool isWhole = false;

  bool isDigits() const { return part == Part::Literal ? literal >= '0' && literal <= '9' : part != Part::Offset; }
};

struct TimeFormat : OpState {
  std::vector<Step> steps;
  Zone zone;

  bool has(Part part) const {
    return std::ranges::any_of(steps, [part](const Step& s) { return s.part == part; });
  }
};

constexpr uint32_t kFormatParam = 1;
constexpr uint32_t kZoneParam = 2;

// Adds the steps of `format`; `parts` are the letters that it may have.
std::optional<std::string> addSteps(std::string_view format, std::string_view parts, std::vector<Step>& steps) {
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      steps.push_back({Part::Literal, format[i]});
      continue;
    }
    char letter = ++i < format.size() ? format[i] : '\0';
    if (letter == '%') {
      steps.push_back({Part::Literal, '%'});
    } else if (letter == 'F' || letter == 'T') {
      if (auto error = addSteps(letter == 'F' ? "%Y-%m-%d" : "%H:%M:%S", parts, steps)) return error;
    } else if (letter != '\0' && parts.find(letter) != std::string_view::npos) {
      steps.push_back({static_cast<Part>(letter)});
    } else {
      std::string known;
      for (char part : parts) known += std::string(" %") + part;
      std::string_view unknown = format.substr(i - 1, letter > ' ' && letter < '\x7f' ? 2 : 1);
      return std::string(unknown) + " names no part of a time here; those that do are" + known +
             ", %F for %Y-%m-%d and %T for %H:%M:%S, and %% is a %";
    }
  }
  return std::nullopt;
}

// What parts are called in the formats of Java, Spark and Flink (`yyyy-MM-dd`), PostgreSQL and Oracle (`YYYY-MM-DD`);
// longer ones first.
struct Letters {
  std::string_view elsewhere;
  std::string_view here;
};
constexpr Letters kLetters[] = {{"yyyy", "%Y"}, {"YYYY", "%Y"}, {"HH24", "%H"}, {"SSS", "%f"}, {"'T'", "T"},
                                {"MM", "%m"},   {"MI", "%M"},   {"dd", "%d"},   {"DD", "%d"},  {"HH", "%H"},
                                {"mm", "%M"},   {"SS", "%S"},   {"ss", "%S"}};

const Letters* lettersAt(std::string_view format) {
  const auto* found = std::ranges::find_if(kLetters, [&](const Letters& l) { return format.starts_with(l.elsewhere); });
  return found == std::end(kLetters) ? nullptr : found;
}

// `%Y-%m-%d` for `yyyy-MM-dd`.
std::string inPercents(std::string_view format) {
  std::string text;
  while (!format.empty()) {
    const Letters* known = lettersAt(format);
    text += known != nullptr ? known->here : format.substr(0, 1);
    format.remove_prefix(known != nullptr ? known->elsewhere.size() : 1);
  }
  return text;
}

bool namesParts(const std::vector<Step>& steps) {
  return std::ranges::any_of(steps, [](const Step& s) { return s.part != Part::Literal; });
}

// Settles which numbers must have all their digits; an error where parts are there twice or could take each other's.
std::optional<std::string> settleNumbers(std::vector<Step>& steps) {
  for (size_t i = 0; i < steps.size(); ++i) {
    Step& step = steps[i];
    if (step.part == Part::Literal) continue;
    std::string name{'%', static_cast<char>(step.part)};
    for (size_t k = 0; k < i; ++k)
      if (steps[k].part == step.part) return "the format has " + name + " twice";
    bool beforeDigits = i + 1 < steps.size() && steps[i + 1].isDigits();
    if (step.part == Part::Fraction && beforeDigits) return "after " + name + " there must be something but digits";
    step.isWhole = beforeDigits || (i > 0 && steps[i - 1].isDigits());
  }
  return std::nullopt;
}

bool isAllParts(std::string_view word) {
  while (const Letters* known = lettersAt(word)) word.remove_prefix(known->elsewhere.size());
  return word.empty();
}

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// How a format of letters is probably meant: an example where they do not all have a meaning here.
std::string proposeFormat(const std::string& format, std::string_view parts) {
  std::string text = inPercents(format);
  std::vector<Step> steps;
  bool fits = !addSteps(text, parts, steps) && !settleNumbers(steps) && namesParts(steps);
  bool plain = std::ranges::none_of(steps, [](const Step& s) {
    return s.part == Part::Literal && ((isLetter(s.literal) && s.literal != 'T') || s.literal == '\'');
  });
  return fits && plain ? text : "%Y-%m-%d";
}

std::optional<PrepareError> readFormat(std::span<const Value> constants, std::string_view parts, TimeFormat& to) {
  const std::string& format = constants[0].asString();
  if (auto error = addSteps(format, parts, to.steps)) return PrepareError{kFormatParam, *error};
  if (!namesParts(to.steps))
    return PrepareError{kFormatParam, "the format " + toString(constants[0]) +
                                          " names no part of a time; here it is written \"" +
                                          proposeFormat(format, parts) + '"'};
  return Zone::read(constants[1], kZoneParam, to.zone);
}

// `%Y-MM-dd`: letters are read and written as they stand. Words are meant to be.
template <const std::string_view& parts>
std::optional<Suspicion> suspectFormat(std::span<const KnownArgument> arguments) {
  if (!arguments[kFormatParam].value.isString()) return std::nullopt;
  std::string_view format = arguments[kFormatParam].value.asString();
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '%') {
      ++i;
    } else if (isLetter(format[i])) {
      size_t end = i;
      while (end < format.size() && isLetter(format[end])) ++end;
      std::string_view word = format.substr(i, end - i);
      if (isAllParts(word)) {
        const Letters* letters = lettersAt(word);
        std::string message = '"' + std::string(letters->elsewhere) + "\" stands for itself in a format";
        if (parts.find(letters->here[1]) != std::string_view::npos)
          message += "; here it is " + std::string(letters->here);
        return Suspicion{kFormatParam, message};
      }
      i = end - 1;
    }
  }
  return std::nullopt;
}

// -- Reading ----------------------------------------------------------------------------------------

constexpr std::string_view kReadParts = "YmdHMSfz";

Prepared prepareParse(std::span<const Value> constants, std::span<const Type>) {
  auto format = std::make_shared<TimeFormat>();
  if (auto error = readFormat(constants, kReadParts, *format)) return {nullptr, std::move(error)};
  if (auto error = settleNumbers(format->steps)) return {nullptr, PrepareError{kFormatParam, *error}};
  if (format->has(Part::Offset) && !constants[1].isMissing())
    return {nullptr, PrepareError{kZoneParam, "with %z in the format the text says the zone itself"}};
  return {format, std::nullopt};
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
    int64_t local = LocalTime{date, (hour_ * 60 + minute_) * 60 + second_}.local();
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
  bool saysOffset_ = false;
  int64_t offset_ = 0;
};

Maybe<int64_t> parseTime(const TimeFormat& format, Str text) {
  TimeReader reader(text.view());
  for (const Step& step : format.steps)
    if (!reader.read(step)) return {};
  return reader.seconds(format.zone);
}

// -- Writing ----------------------------------------------------------------------------------------

constexpr std::string_view kWrittenParts = "YmdHMSz";

Prepared prepareWrite(std::span<const Value> constants, std::span<const Type>) {
  auto format = std::make_shared<TimeFormat>();
  if (auto error = readFormat(constants, kWrittenParts, *format)) return {nullptr, std::move(error)};
  return {format, std::nullopt};
}

// Beside UTC a year may be 0 or 10000.
constexpr size_t kMostDigits = 5;

char* writeNumber(char* to, size_t digits, int64_t value) {
  std::array<char, kMostDigits> text{};
  size_t n = 0;
  for (; n < digits || value > 0; value /= 10) text[n++] = static_cast<char>('0' + value % 10);
  return std::reverse_copy(text.begin(), text.begin() + n, to);
}

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
    case Part::Fraction: break;
  }
  return to;
}

Maybe<Str> formatTime(Context& context, const TimeFormat& format, int64_t time) {
  if (!isTime(time)) return {};
  int64_t offset = format.zone.offsetAt(time);
  char* text = context.newString(format.steps.size() * kMostDigits);
  if (text == nullptr) return {};
  LocalTime local = LocalTime::of(time + offset);
  std::chrono::year_month_day date(local.date);
  char* end = text;
  for (const Step& step : format.steps) end = writeStep(end, step, date, local.second, offset);
  return Str{text, static_cast<uint64_t>(end - text)};
}

std::optional<Suspicion> suspectWriting(std::span<const KnownArgument> arguments) {
  std::optional<Suspicion> format = suspectFormat<kWrittenParts>(arguments);
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
        "Epoch seconds of a text: `%Y %m %d %H %M %S`, `%f` a fraction (dropped), `%z` an offset, `%F %T`; missing "
        "where it does not fit; 1970-01-01 00:00:00 says what the format does not.")
      .elsewhere({"strptime", "to_timestamp", "unix_timestamp", "to_unix_timestamp", "to_unixtime", "parse_datetime",
                  "str_to_date", "to_date", "date_parse"},
                 "takes the text and a format such as \"%Y-%m-%d\"")
      .example(R"(parse_time("2023-11-14 22:13:20", "%F %T"))", "1700000000")
      .example(R"(parse_time("20231115", "%Y%m%d", "Asia/Shanghai"))", "1699977600")
      .example(R"(parse_time("2023-11-15T06:13:20.5+08:00", "%FT%T.%f%z"))", "1700000000")
      .example(R"(parse_time("2023-02-29", "%F"))", "missing")
      .add<parseTime>({Type::string(), Type::string()})
      .suspect(suspectFormat<kReadParts>)
      .prepare(prepareParse);
  r.add("format_time", {value("time"), constant("format"), optionalConstant("zone")},
        "The text of a time in epoch seconds, as `parse_time` reads it: `format_time(now, \"%Y%m%d\")` is a day's key.")
      .elsewhere({"strftime", "date_format", "from_unixtime", "format_datetime", "to_char", "time_format"},
                 "takes epoch seconds and a format such as \"%Y-%m-%d\"")
      .example(R"(format_time(1700000000, "%F %T"))", R"("2023-11-14 22:13:20")")
      .example(R"(format_time(1700000000, "%Y%m%d%H", "Asia/Shanghai"))", R"("2023111506")")
      .example(R"(format_time(1700000000, "%FT%T%z", "+05:30"))", R"("2023-11-15T03:43:20+0530")")
      .add<formatTime>({Type::string(), Type::string()})
      .suspect(suspectWriting)
      .odd(otherTimeUnit)
      .prepare(prepareWrite);
}

}  // namespace featc
