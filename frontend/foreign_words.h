// SPDX-License-Identifier: Apache-2.0
// Single words of other languages: what to write instead of each, by the place where it stands.
#pragma once

#include <string_view>
#include <vector>

namespace featc {

// `null`, `None`, `NaN`: a missing value, which is written `missing` here.
bool meansMissing(std::string_view word);
// The literal that a word is in other languages: `true` for `True`; empty for other words.
std::string_view foreignLiteral(std::string_view word);

// Stands for the field that a call's only argument names.
inline constexpr std::string_view kNamedField = "(field)";

struct ForeignWord {
  std::string_view word;
  std::string_view say;     // what to write instead
  std::string_view here{};  // what stands for the word itself, where that is certain
};
// Where other languages call a function of that name, have a value of it, or start a line with it; null where nothing
// is known.
const ForeignWord* foreignCall(std::string_view name);
const ForeignWord* foreignName(std::string_view name);
const ForeignWord* foreignStatementWord(std::string_view word);
// What parameters are called elsewhere: `low` for `min`; several may be meant. Empty past the last.
std::string_view parameterMeant(std::string_view word, const std::vector<std::string_view>& known);

// What another language calls by an operator's name in capitals, and means otherwise: `LOG`, to base 10 in Excel.
struct SameLetters {
  std::string_view word;
  std::string_view note;
  std::string_view other{};  // an operator that may be meant as well
};
// Null where nothing is known.
const SameLetters* sameLetters(std::string_view name);

// Whether both are the same but for upper and lower case.
bool sameWord(std::string_view a, std::string_view b);

}  // namespace featc
