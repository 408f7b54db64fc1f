// SPDX-License-Identifier: Apache-2.0
// What a constant expression is, through the front end and the interpreter.
#pragma once

#include <string>
#include <string_view>

namespace featc {

// The value as toString(Value) prints it, or the diagnostics. `prelude`: config lines before it.
std::string evaluateText(std::string_view expression, std::string_view prelude = {});

}  // namespace featc
