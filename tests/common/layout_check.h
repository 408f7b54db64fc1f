// SPDX-License-Identifier: Apache-2.0
// What must hold of every config's layout, whatever the config.
#pragma once

#include <optional>
#include <string>

namespace featc {

// The text in featc's layout; nothing where fmt refuses it, as it does syntax errors.
std::optional<std::string> formatted(const std::string& text);

// Formats the config as it is, with other blanks, and with comments at its lines: what is wrong with the results,
// or nothing. A text that fmt refuses has no layout, and so nothing is wrong with it.
std::string layoutProblem(const std::string& text);

}  // namespace featc
