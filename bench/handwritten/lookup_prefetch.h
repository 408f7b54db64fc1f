// SPDX-License-Identifier: Apache-2.0
// What somebody who knows the trick would write to look up embeddings of 16 bfloat16: one array of keys, one of rows,
// blocks of ids whose cache lines are fetched ahead. Sums only, no default row, no counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace featc::bench {

class PrefetchTable {
 public:
  static constexpr size_t kDim = 16;

  explicit PrefetchTable(size_t rows);
  // Ids differ, and none is 0.
  void add(uint64_t id, const uint16_t* row);
  // out[i]: the sum of the rows of `bag` ids from ids[i * bag] on.
  void pool(const uint64_t* ids, size_t bags, size_t bag, float* out) const;

 private:
  size_t mask_;
  std::vector<uint64_t> keys_;  // 0: free
  std::vector<uint16_t> rows_;  // by place of the key
};

}  // namespace featc::bench
