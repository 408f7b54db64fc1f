// SPDX-License-Identifier: Apache-2.0
// Letters that look like others, or differ from them by a mark: what a name written with them may have been meant as.
#pragma once

#include <string>
#include <string_view>

namespace featc {

// The name with letters of ASCII in the places of those that look like them or only have a mark more: `price` of
// `prïce`, and of one with a Cyrillic letter. Other letters stay.
std::string plainLetters(std::string_view name);

// The name with letters in the places of those that look the same: two names with the same one cannot be told
// apart by the eye. Marks stay.
std::string lookOf(std::string_view name);

// The two scripts of a name whose letters look alike, `Latin and Cyrillic`; empty where there are none.
std::string mixedScripts(std::string_view name);

// The first character in which a name differs from what it looks like, as `U+0440`.
std::string strangeLetter(std::string_view name, std::string_view like);

}  // namespace featc
