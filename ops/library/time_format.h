// SPDX-License-Identifier: Apache-2.0
// Formats of times: what they consist of, and what is wrong with one.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ops/library/time_zone.h"
#include "ops/operator.h"

namespace featc {

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
  Hour12 = 'I',    // 1 to 12
  HalfDay = 'p',   // AM or PM
  MonthName = 'b',
  FullMonthName = 'B',
};
struct Step {
  Part part = Part::Literal;
  char literal = '\0';
  // Of reading: a number beside others has all its digits, lest one be taken for another's.
  bool isWhole = false;

  bool isDigits() const {
    if (part == Part::Literal) return literal >= '0' && literal <= '9';
    return part != Part::Offset && part != Part::HalfDay && part != Part::MonthName && part != Part::FullMonthName;
  }
};

struct TimeFormat : OpState {
  std::vector<Step> steps;
  Zone zone;

  bool has(Part part) const {
    return std::ranges::any_of(steps, [part](const Step& s) { return s.part == part; });
  }
};

// Parameters of the operators that take a format.
inline constexpr uint32_t kFormatParam = 1;
inline constexpr uint32_t kZoneParam = 2;

inline constexpr std::array<std::string_view, 12> kMonthNames = {"January",   "February", "March",    "April",
                                                                 "May",       "June",     "July",     "August",
                                                                 "September", "October",  "November", "December"};
inline constexpr size_t kShortName = 3;  // Jan

// Reads a format; `parts` are the letters that it may have. An error says what is wrong with it.
std::optional<PrepareError> readFormat(const Value& format, std::string_view parts, TimeFormat& to);
// Settles which numbers must have all their digits when a format is read; an error where parts say the same, or could
// take each other's digits.
std::optional<std::string> settleNumbers(std::vector<Step>& steps);
// `%Y-MM-dd`: letters are read and written as they stand. Words are meant to be.
std::optional<Suspicion> suspectFormat(std::span<const KnownArgument> arguments, std::string_view parts);

}  // namespace featc
