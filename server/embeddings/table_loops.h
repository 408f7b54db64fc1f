// SPDX-License-Identifier: Apache-2.0
// The loops of a lookup, in every instruction set that this machine runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "server/embeddings/row_type.h"
#include "server/embeddings/table_layout.h"

namespace featc {

// What becomes of some rows.
struct PoolSegment {
  enum class Kind : uint8_t {
    Sum,      // their sum over `divisor` goes to `out`
    MoreSum,  // as Sum, and `out` has a part of the sum
    Copies,   // each of them goes to a place of its own, the first to `out`, without weights
  };
  float* out = nullptr;
  uint32_t begin = 0;  // of the rows
  uint32_t end = 0;
  float divisor = 1;  // 0: the result is zeros
  Kind kind = Kind::Sum;
};

// All sets give the same bits.
struct TableLoops {
  const char* instructions = nullptr;
  // homes[i]: the home bucket of ids[i], which is on its way to the cache.
  void (*homes)(const TableIndex& index, const uint64_t* ids, uint32_t* homes, size_t n) = nullptr;
  // rows[i]: where the row of ids[i] begins, which is on its way to the cache; null: there is none.
  void (*find)(const TableIndex& index, const uint64_t* ids, const uint32_t* homes, const std::byte** rows,
               size_t n) = nullptr;
  // Puts `zeros` in the place of the row of id 0, and `defaultRow` where there is no row: how many those are.
  uint64_t (*settle)(const uint64_t* ids, const std::byte** rows, size_t n, const std::byte* defaultRow,
                     const std::byte* zeros) = nullptr;
  // By RowType. Does what the segments say; rows of sums are multiplied by their weights; null: all are 1. `stride`:
  // floats from one copy to the next.
  using Pool = void(const std::byte* const* rows, const float* weights, const PoolSegment* segments, size_t count,
                    uint32_t dim, size_t stride);
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
