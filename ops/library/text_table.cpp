// SPDX-License-Identifier: Apache-2.0
// Few texts that are known when a config is compiled.
#include "ops/library/text_table.h"

#include <algorithm>
#include <bit>

namespace featc {

void TextTable::build(std::span<const std::string_view> texts) {
  constexpr int kMultipliers = 32;
  constexpr uint64_t kMostSteps = 4;
  slots_.clear();
  if (texts.empty() || texts.size() > kMostTexts) return;
  slots_.resize(std::bit_ceil(4 * texts.size()));
  shift_ = static_cast<unsigned>(64 - std::countr_zero(slots_.size()));
  uint64_t best = 0;
  uint64_t bestSteps = UINT64_MAX;
  uint64_t next = 0x9E3779B97F4A7C15U;
  for (int i = 0; i < kMultipliers && bestSteps > 1; ++i) {
    multiplier_ = next | 1U;
    next = next * 0xD1342543DE82EF95U + 1;
    uint64_t steps = fill(texts);
    if (steps < bestSteps) best = multiplier_;
    bestSteps = std::min(steps, bestSteps);
  }
  multiplier_ = best;
  if (fill(texts) > kMostSteps) slots_.clear();
}

uint64_t TextTable::fill(std::span<const std::string_view> texts) {
  std::ranges::fill(slots_, Slot());
  uint64_t most = 0;
  for (uint32_t i = 0; i < texts.size(); ++i) {
    const Str text = Str::of(texts[i]);
    const uint64_t print = printOfText(text);
    uint64_t at = slotOf(print, text.size);
    uint64_t steps = 1;
    for (; slots_[at].index != kNone; at = (at + 1) & (slots_.size() - 1)) ++steps;
    slots_[at] = {print, text, i};
    most = std::max(most, steps);
  }
  return most;
}

}  // namespace featc
