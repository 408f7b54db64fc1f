// SPDX-License-Identifier: Apache-2.0
// A small deterministic random source: the same numbers for a seed on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace featc {

// splitmix64: good enough to vary programs, and a state of one word.
class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(seed) {}
  // An independent stream for part `n` of `seed`.
  Rng(uint64_t seed, uint64_t n) : state_(Rng(seed ^ Rng(n).next()).next()) {}

  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    uint64_t z = state_;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
    return z ^ z >> 31U;
  }
  // 0 .. n-1; n > 0.
  uint64_t below(uint64_t n) { return next() % n; }
  // low .. high, both included.
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  double unit() { return static_cast<double>(next() >> 11U) * 0x1p-53; }

  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  template <class T, size_t n>
  const T& pick(const T (&from)[n]) {
    return from[below(n)];
  }

 private:
  uint64_t state_;
};

}  // namespace featc
