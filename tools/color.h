// SPDX-License-Identifier: Apache-2.0
// Colours on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace featc {

// `when`: auto, always or never. `auto` is a terminal behind stderr that takes colours, unless NO_COLOR is set.
bool wantsColor(std::string_view when);

// Rendered diagnostics with the escapes that make a terminal show their parts in colours.
std::string colored(std::string_view rendered);

}  // namespace featc
