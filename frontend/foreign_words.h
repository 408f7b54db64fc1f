// SPDX-License-Identifier: Apache-2.0
// Words of other languages for what is no operator here: what to write instead.
#pragma once

#include <string_view>

namespace featc {

// `null`, `None`, `NaN`: a missing value, for which no literal stands here.
bool meansMissing(std::string_view word);
// The literal that a word is in other languages: `true` for `True`; empty for other words.
std::string_view foreignLiteral(std::string_view word);
// Where other languages call a function of that name; empty where nothing is known.
std::string_view insteadOfCall(std::string_view name);
// Where other languages have that word between two operands: `x in list`; empty where nothing is known.
std::string_view insteadOfSign(std::string_view word);

// Whether both are the same but for upper and lower case.
bool sameWord(std::string_view a, std::string_view b);

}  // namespace featc
