// SPDX-License-Identifier: Apache-2.0
// featc's hashes and ids as a C++ programmer would write them down from docs/ids.md. Everything is
// static: each rival is compiled for another CPU, so none may share a function with the others.
#pragma once

#include <cstddef>
#include <cstdint>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace {

constexpr uint64_t kPayload = (uint64_t{1} << 44U) - 1;
constexpr uint64_t kCombine1 = 0x9E3779B97F4A7C15U;
constexpr uint64_t kCombine2 = 0xD6E8FEB86659FD93U;

constexpr uint64_t slotBits(uint32_t slot) { return uint64_t{slot} << 44U; }
constexpr uint64_t idOf(uint32_t slot, uint64_t payload) { return slotBits(slot) | (payload & kPayload); }

[[maybe_unused]] inline uint64_t hashNumber(int64_t x) { return XXH3_64bits(&x, sizeof x); }
[[maybe_unused]] inline uint64_t hashText(const char* bytes, int64_t size) {
  return XXH3_64bits(bytes, static_cast<size_t>(size));
}
constexpr uint64_t combine(uint64_t left, uint64_t right) {
  uint64_t x = left * kCombine1 + right;
  x ^= x >> 32U;
  x *= kCombine2;
  return x ^ x >> 32U;
}

}  // namespace
