// SPDX-License-Identifier: Apache-2.0
// The loops of a lookup, in every instruction set that this machine runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "server/embeddings/row_type.h"
#include "server/embeddings/table_layout.h"

namespace featc {

// Some rows that become one.
struct PoolSegment {
  float* out = nullptr;
  uint32_t begin = 0;  // of the rows
  uint32_t end = 0;
  float divisor = 1;    // of the sum; 0: the result is zeros
  bool isMore = false;  // `out` has a sum already, to which these are added
};

// All sets give the same bits.
struct TableLoops {
  const char* instructions = nullptr;
  // homes[i]: the home bucket of ids[i], which is on its way to the cache.
  void (*homes)(const TableIndex& index, const uint64_t* ids, uint32_t* homes, size_t n) = nullptr;
  // rows[i]: where the row of ids[i] begins, which is on its way to the cache; null: it has none.
  void (*find)(const TableIndex& index, const uint64_t* ids, const uint32_t* homes, const std::byte** rows,
               size_t n) = nullptr;
  // By RowType. For each segment the sum of rows[begin] .. rows[end - 1], each times its weight, over the divisor.
  // `weights` null: all are 1.
  using Pool = void(const std::byte* const* rows, const float* weights, const PoolSegment* segments, size_t count,
                    uint32_t dim);
  Pool* pool[2] = {};
};

// Those that this machine can run, the widest vectors last.
std::span<const TableLoops* const> allTableLoops();
// The last of them.
const TableLoops& tableLoops();

#if defined(__x86_64__)
extern const TableLoops kAvx2TableLoops;
extern const TableLoops kAvx512TableLoops;
#endif

}  // namespace featc
