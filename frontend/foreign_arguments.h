// SPDX-License-Identifier: Apache-2.0
// Arguments as other languages give them to functions of the same names: a table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace featc {

// What an argument more than an operator takes says elsewhere: `10` of `log(x, 10)`.
struct SurplusMeaning {
  std::string_view note;
  std::string instead;     // of the call; empty: nothing that is certain
  bool isCertain = false;  // whatever order another language gives the arguments in
};
// `args`: all of the call's as they are written. Nothing where nothing is known.
std::optional<SurplusMeaning> surplusMeaning(std::string_view op, std::span<const std::string> args);

// The literal that a number or text is for a parameter that takes names: "+08:00" for 8 and "Europe/Berlin" for
// "Berlin" where it is `zone`. Empty where nothing is known.
std::string constantMeant(std::string_view param, int64_t value);
std::string constantMeant(std::string_view param, std::string_view value);

}  // namespace featc
