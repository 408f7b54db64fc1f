// SPDX-License-Identifier: Apache-2.0
// The text of a config's lines, with what belongs below one another in columns.
#pragma once

#include <span>
#include <string>

#include "frontend/format/config_lines.h"

namespace featc {

std::string writeLines(const TokenFile& file, std::span<const ConfigLine> lines, const std::vector<TokenStyle>& styles);

}  // namespace featc
