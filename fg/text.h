// SPDX-License-Identifier: Apache-2.0
// Names, texts and numbers as a config writes them.
#pragma once

#include <string>
#include <string_view>

namespace featc::fg {

std::string literalText(std::string_view text);
// As a comment of one line holds it: without what ends a line or turns its direction.
std::string commentText(std::string_view text);
// In back quotes where it is not a plain name.
std::string nameText(std::string_view name);
// Whether a name can be written at all.
bool canBeName(std::string_view name);
std::string numberText(double value);
// The same, and never an integer to the config.
std::string floatText(double value);
// Rounded to float32, as FG keeps numbers.
std::string float32Text(double value);
// A number that float32 holds as an expression, `float32(0.3)` where no short text is that very number.
std::string constantText(double float32);

}  // namespace featc::fg
