// SPDX-License-Identifier: Apache-2.0
// The scores of one call's items as a log has them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace featc {

// An output of a network: `width` numbers an item, in one of the two spans.
struct CallScoreColumn {
  std::string_view name;
  uint32_t width = 1;
  std::span<const float> floats;
  std::span<const int64_t> ints;
};

// Borrows from whoever computed them.
struct CallScores {
  std::vector<CallScoreColumn> columns;
  std::vector<bool> present;  // by item: whether it has scores
  std::string_view epoch;     // of the tables; empty: none
  uint64_t delta = 0;         // their last delta
};

// As a log has them: an array an output, with a number, or a list of several, or null an item.
void appendScores(std::string& out, const CallScores& scores);

}  // namespace featc
