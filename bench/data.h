// SPDX-License-Identifier: Apache-2.0
// The same random numbers on every machine: the standard fixes its engines' numbers, not its
// distributions'.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace featc::bench {

inline constexpr uint64_t kSeed = 20'261'122;
// As many batches of different data are called with in turn where a branch predictor must not learn the data.
inline constexpr size_t kBatches = 32;

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  int64_t below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }
  bool chance(int percent) { return below(100) < percent; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace featc::bench
