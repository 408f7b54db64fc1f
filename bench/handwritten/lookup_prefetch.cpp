// SPDX-License-Identifier: Apache-2.0
#include "bench/handwritten/lookup_prefetch.h"

#include <bit>
#include <cstring>

namespace featc::bench {

namespace {

constexpr size_t kBlock = 64;

size_t hashOf(uint64_t id) {
  id = (id ^ id >> 32U) * 0x9E3779B97F4A7C15U;
  return id ^ id >> 29U;
}

}  // namespace

PrefetchTable::PrefetchTable(size_t rows)
    : mask_(std::bit_ceil(rows + rows / 2) - 1), keys_(mask_ + 1), rows_((mask_ + 1) * kDim) {}

void PrefetchTable::add(uint64_t id, const uint16_t* row) {
  size_t at = hashOf(id) & mask_;
  while (keys_[at] != 0) at = (at + 1) & mask_;
  keys_[at] = id;
  std::memcpy(rows_.data() + at * kDim, row, kDim * sizeof(uint16_t));
}

void PrefetchTable::pool(const uint64_t* ids, size_t bags, size_t bag, float* out) const {
  size_t places[kBlock];
  const size_t count = bags * bag;
  float sum[kDim] = {};
  size_t inBag = 0;
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const size_t n = count - begin < kBlock ? count - begin : kBlock;
    for (size_t i = 0; i < n; ++i) {
      places[i] = hashOf(ids[begin + i]) & mask_;
      __builtin_prefetch(keys_.data() + places[i]);
    }
    for (size_t i = 0; i < n; ++i) {
      size_t at = places[i];
      while (keys_[at] != ids[begin + i] && keys_[at] != 0) at = (at + 1) & mask_;
      places[i] = at;
      __builtin_prefetch(rows_.data() + at * kDim);
    }
    for (size_t i = 0; i < n; ++i) {
      const uint16_t* row = rows_.data() + places[i] * kDim;
      for (size_t k = 0; k < kDim; ++k) sum[k] += std::bit_cast<float>(uint32_t{row[k]} << 16U);
      if (++inBag < bag) continue;
      std::memcpy(out, sum, sizeof sum);
      std::memset(sum, 0, sizeof sum);
      out += kDim;
      inBag = 0;
    }
  }
}

}  // namespace featc::bench
