// SPDX-License-Identifier: Apache-2.0
// What must hold of every config's layout, whatever the config.
#pragma once

#include <filesystem>
#include <string>

#include "frontend/frontend.h"

namespace featc {

// The text in featc's layout; empty where it has syntax errors.
std::string formatted(const std::filesystem::path& path, const std::string& text, const FrontendOptions& options = {});

// Formats the config as it is, with other blanks, and with comments at its lines: what is wrong with the results,
// or nothing.
std::string layoutProblem(const std::filesystem::path& path, const std::string& text,
                          const FrontendOptions& options = {});

}  // namespace featc
