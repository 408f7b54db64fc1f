// SPDX-License-Identifier: Apache-2.0
// The loop, for the files that each compile it for one instruction set. All of it has internal linkage, and calls
// nothing that has not: a linker would keep one instruction set's function for all.
#pragma once

#include <cstring>

#include "ops/library/edit_column.h"
#include "ops/library/edit_loops.h"

namespace featc::edit_loops {
namespace {  // NOLINT(google-build-namespaces): see above

// g++ 12 drops the attribute from a `using`.
typedef uint64_t Lanes2 __attribute__((vector_size(16)));  // NOLINT(modernize-use-using)
typedef uint64_t Lanes4 __attribute__((vector_size(32)));  // NOLINT(modernize-use-using)
typedef uint64_t Lanes8 __attribute__((vector_size(64)));  // NOLINT(modernize-use-using)

// As many vectors as hide that a step waits for the one before.
template <class Lanes, size_t vectors>
uint32_t stepsOf(const uint64_t* places, const char** next, uint32_t* left, uint64_t* more, uint64_t* less) {
  constexpr size_t kLanes = sizeof(Lanes) / sizeof(uint64_t);
  constexpr size_t kTexts = vectors * kLanes;
  EditColumn<Lanes> columns[vectors];
  const char* from[kTexts];
  std::memcpy(from, next, sizeof from);
  for (size_t v = 0; v < vectors; ++v) {
    std::memcpy(&columns[v].more, more + v * kLanes, sizeof(Lanes));
    std::memcpy(&columns[v].less, less + v * kLanes, sizeof(Lanes));
  }
  uint32_t steps = left[0];
  for (size_t k = 1; k < kTexts; ++k) steps = left[k] < steps ? left[k] : steps;
  for (uint32_t i = 0; i < steps; ++i)
    for (size_t v = 0; v < vectors; ++v) {
      Lanes equal;
      for (size_t k = 0; k < kLanes; ++k) equal[k] = places[static_cast<unsigned char>(from[v * kLanes + k][i])];
      columns[v].step(equal);
    }
  for (size_t v = 0; v < vectors; ++v) {
    std::memcpy(more + v * kLanes, &columns[v].more, sizeof(Lanes));
    std::memcpy(less + v * kLanes, &columns[v].less, sizeof(Lanes));
  }
  uint32_t ended = 0;
  for (size_t k = 0; k < kTexts; ++k) {
    next[k] = from[k] + steps;
    left[k] -= steps;
    ended |= (left[k] == 0 ? 1U : 0U) << k;
  }
  return ended;
}

template <class Lanes, size_t vectors>
constexpr EditLoops loopsOf(const char* instructions) {
  constexpr size_t kTexts = vectors * sizeof(Lanes) / sizeof(uint64_t);
  static_assert(kTexts <= kMostEditLanes);
  return {.instructions = instructions, .steps = stepsOf<Lanes, vectors>, .lanes = kTexts};
}

}  // namespace
}  // namespace featc::edit_loops
