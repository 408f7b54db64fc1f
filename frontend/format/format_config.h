// SPDX-License-Identifier: Apache-2.0
// The one layout of configs. It changes blanks and line ends alone: the tokens, and so the graph, stay as they are.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "frontend/frontend.h"

namespace featc {

// The text of a config in the one layout, with `\n` at the end of each line. Nothing where the text has syntax errors,
// which `diagnostics` then tells. Imports and data files are not opened. Stops where the layout would change a token or
// a comment. `path`: the config's, for messages.
std::optional<std::string> formatConfig(const std::filesystem::path& path, const std::string& text,
                                        const FrontendLimits& limits, Sources& sources, Diagnostics& diagnostics);

}  // namespace featc
