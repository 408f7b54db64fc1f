// SPDX-License-Identifier: Apache-2.0
// The distinct keys that a call reads of one source, and the fetch that each went with.
#include "runtime/reads/key_table.h"

#include <algorithm>

namespace featc {

namespace {
constexpr size_t kFirstSlots = 64;
}

void KeyTable::clear() {
  hashes_.clear();
  places_.clear();
  std::ranges::fill(slots_, 0U);
}

void KeyTable::grow() {
  slots_.assign(std::max(kFirstSlots, 2 * slots_.size()), 0);
  size_t mask = slots_.size() - 1;
  for (size_t number = 0; number < places_.size(); ++number) {
    size_t slot = hashes_[number] & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<uint32_t>(number + 1);
  }
}

}  // namespace featc
