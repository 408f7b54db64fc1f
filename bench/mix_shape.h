// SPDX-License-Identifier: Apache-2.0
// What the mix's outputs are: the config's writer and the handwritten rivals read the same numbers.
#pragma once

#include <cstdint>

namespace featc::bench {

inline constexpr uint32_t kInts = 20;
inline constexpr uint32_t kFloats = 20;
inline constexpr uint32_t kStrings = 10;
inline constexpr uint32_t kBoundaries = 8;
// The rivals are written for this many outputs.
inline constexpr uint32_t kMixOutputs = 1000;

enum class MixKind : uint32_t { Id, Hash, Band, Cross };

// Output `i` is the (i / 4)-th of its kind and has slot i + 1.
constexpr MixKind mixKind(uint32_t i) { return static_cast<MixKind>(i % 4); }
constexpr uint32_t mixSlot(uint32_t i) { return i + 1; }

constexpr uint32_t idColumn(uint32_t k) { return k % kInts; }
constexpr uint32_t hashColumn(uint32_t k) { return k % kStrings; }
constexpr uint32_t bandColumn(uint32_t k) { return k % kFloats; }
constexpr uint32_t crossLeft(uint32_t k) { return k % kInts; }
constexpr uint32_t crossRight(uint32_t k) { return (k / kInts + k + 1) % kInts; }

// The b-th boundary of the k-th band: about (b + 1) * 10, no two bands and no two steps alike. Exact
// in binary.
constexpr double bandBoundary(uint32_t k, uint32_t b) {
  uint32_t mixed = (k * kBoundaries + b + 1) * 2'654'435'761U;
  return (b + 1) * 10 + (mixed >> 16U) % 640 / 64.0;
}

}  // namespace featc::bench
