// SPDX-License-Identifier: Apache-2.0
// Formats of times: reads them, and says what is wrong with one.
#include "ops/library/time_format.h"

namespace featc {

namespace {

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
constexpr Letters kLetters[] = {{"yyyy", "%Y"}, {"YYYY", "%Y"}, {"MMMM", "%B"}, {"HH24", "%H"}, {"HH12", "%I"},
                                {"SSS", "%f"},  {"MMM", "%b"},  {"Mon", "%b"},  {"'T'", "T"},   {"MM", "%m"},
                                {"MI", "%M"},   {"dd", "%d"},   {"DD", "%d"},   {"HH", "%H"},   {"hh", "%I"},
                                {"mm", "%M"},   {"SS", "%S"},   {"ss", "%S"},   {" AM", " %p"}, {" a", " %p"}};

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

bool has(const std::vector<Step>& steps, Part part) {
  return std::ranges::any_of(steps, [part](const Step& s) { return s.part == part; });
}

// Parts that say the same, or only half of it.
std::optional<std::string> unclearParts(const std::vector<Step>& steps) {
  bool hasHour12 = has(steps, Part::Hour12);
  bool hasHalf = has(steps, Part::HalfDay);
  if (hasHour12 && has(steps, Part::Hour)) return "the format has the hour twice, as %H and as %I";
  if (hasHour12 && !hasHalf) return "%I is an hour from 1 to 12, which needs %p for AM or PM; one from 0 to 23 is %H";
  if (hasHalf && !hasHour12) return "%p is AM or PM of an hour from 1 to 12, which is %I";
  int months = int(has(steps, Part::Month)) + int(has(steps, Part::MonthName)) + int(has(steps, Part::FullMonthName));
  if (months > 1) return "the format has the month twice";
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

}  // namespace

std::optional<std::string> settleNumbers(std::vector<Step>& steps) {
  if (auto error = unclearParts(steps)) return error;
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

std::optional<PrepareError> readFormat(const Value& format, std::string_view parts, TimeFormat& to) {
  if (auto error = addSteps(format.asString(), parts, to.steps)) return PrepareError{kFormatParam, *error};
  if (namesParts(to.steps)) return std::nullopt;
  return PrepareError{kFormatParam, "the format " + toString(format) +
                                        " names no part of a time; here it is written \"" +
                                        proposeFormat(format.asString(), parts) + '"'};
}

std::optional<Suspicion> suspectFormat(std::span<const KnownArgument> arguments, std::string_view parts) {
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

}  // namespace featc
