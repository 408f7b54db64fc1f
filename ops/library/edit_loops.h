// SPDX-License-Identifier: Apache-2.0
// The steps of `edit_distance` for several texts at once, in every instruction set that this machine runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace featc {

// All sets give the same.
struct EditLoops {
  const char* instructions = nullptr;
  // Reads bytes of each of `lanes` texts, of which left[k] bytes are left from next[k] on, as far as the first end.
  // `places`: where each of 256 bytes stands in the pattern; more[k] and less[k] are of text k what EditColumn's are.
  // Bit k of the result: text k is at its end.
  uint32_t (*steps)(const uint64_t* places, const char** next, uint32_t* left, uint64_t* more,
                    uint64_t* less) = nullptr;
  size_t lanes = 0;
};

inline constexpr size_t kMostEditLanes = 8;

// Those that this machine can run, the widest vectors last.
std::span<const EditLoops* const> allEditLoops();
// The last of them.
const EditLoops& editLoops();

#if defined(__x86_64__)
extern const EditLoops kAvx2EditLoops;
extern const EditLoops kAvx512EditLoops;
#endif

}  // namespace featc
