// SPDX-License-Identifier: Apache-2.0
// Walks through the comments of a config, which are no tokens.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "frontend/statement_splitter.h"

namespace featc {

// Calls `then(comment, lineEnds)` for each comment between token i and the one before it. `comment`: from its `#` on,
// without blanks behind it. `lineEnds`: how many stand between the comment and the token or comment before it. Returns
// how many stand behind the last one, up to token i.
template <typename Then>
uint32_t eachComment(const TokenFile& file, uint32_t i, Then then) {
  const uint32_t begin = i == 0 ? 0 : file.tokens[i - 1].end;
  std::string_view gap = file.text().substr(begin, file.tokens[i].begin - begin);
  auto lineEnds = [&](size_t end) { return static_cast<uint32_t>(std::ranges::count(gap.substr(0, end), '\n')); };
  for (size_t at = 0; (at = gap.find('#')) != std::string_view::npos;) {
    const size_t end = std::min(gap.find('\n', at), gap.size());
    std::string_view comment = gap.substr(at, end - at);
    then(comment.substr(0, comment.find_last_not_of(" \t\r") + 1), lineEnds(at));
    gap.remove_prefix(end);
  }
  return lineEnds(gap.size());
}

}  // namespace featc
