// SPDX-License-Identifier: Apache-2.0
// The bytes of a table file, all little-endian:
//
//   header    4096 bytes: TableHeader and zeros
//   rows      rows * dim numbers, by bucket
//   zeros     up to a multiple of 4096
//   buckets   64 bytes each
//
// An id's hash chooses its home bucket. A bucket has up to seven ids, whose rows lie side by side; ids that find their
// home full lie in the next buckets that have room. So a lookup reads one cache line, then the row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "server/embeddings/row_type.h"

namespace featc {

inline constexpr char kTableMagic[16] = {'f', 'e', 'a', 't', 'c', ' ', 'e', 'm',
                                         'b', 'e', 'd', 'd', 'i', 'n', 'g', 's'};
inline constexpr uint32_t kTableVersion = 1;
inline constexpr uint64_t kTablePage = 4096;  // bytes; the header's, and what the buckets begin at a multiple of
inline constexpr uint32_t kMaxDim = 65'536;
inline constexpr uint64_t kMaxTableRows = uint64_t{1} << 34U;

struct TableHeader {
  char magic[16];
  uint32_t version;
  uint32_t type;  // a RowType
  uint32_t dim;
  uint32_t reserved;  // 0
  uint64_t rows;
  uint64_t homes;       // buckets that hashes choose from; at least 1, at most 2^32 - 1
  uint64_t buckets;     // all; those behind the homes have what the last of them have no room for
  uint64_t fileBytes;   // of the whole file
  uint64_t rowsSum;     // XXH3-64 of the rows
  uint64_t bucketsSum;  // and of the buckets
  uint64_t headerSum;   // and of the header before this
};
static_assert(sizeof(TableHeader) == 88);

// Of a header whose sizes are within the limits above.
constexpr uint64_t rowsBytes(const TableHeader& header) {
  return header.rows * rowBytes(static_cast<RowType>(header.type), header.dim);
}
constexpr uint64_t bucketsBegin(const TableHeader& header) {
  return (kTablePage + rowsBytes(header) + kTablePage - 1) / kTablePage * kTablePage;
}

struct alignas(64) TableBucket {
  static constexpr uint64_t kIds = 7;

  uint64_t ids[kIds];  // zeros behind the last
  // Bits 0 to 2: how many ids. Bit 3: some ids that passed this bucket lie further on. From bit 8 on: the first id's
  // row; the others follow.
  uint64_t word;

  uint32_t count() const { return static_cast<uint32_t>(word & 7U); }
  bool isPassed() const { return (word & 8U) != 0; }
  uint64_t firstRow() const { return word >> 8U; }
  static uint64_t wordOf(uint64_t firstRow, uint64_t count, bool isPassed) {
    return firstRow << 8U | (isPassed ? 8U : 0U) | count;
  }
};
static_assert(sizeof(TableBucket) == 64);

constexpr uint64_t tableFileBytes(const TableHeader& header) {
  return bucketsBegin(header) + header.buckets * sizeof(TableBucket);
}

// A table in memory, as lookups use it.
struct TableIndex {
  const TableBucket* buckets = nullptr;
  const std::byte* rows = nullptr;
  uint64_t homes = 0;
  size_t rowBytes = 0;
};

// Inlined always: the loops of each instruction set (table_loops_body.h) have them of their own.

// Every bit of the result depends on every bit of the id, and no two ids have the same.
[[gnu::always_inline]] constexpr uint64_t tableHash(uint64_t id) {
  uint64_t x = (id ^ id >> 32U) * 0x9E3779B97F4A7C15U;
  x = (x ^ x >> 29U) * 0xD6E8FEB86659FD93U;
  return x;
}
// Ascends with the hash.
[[gnu::always_inline]] constexpr uint64_t homeOf(uint64_t hash, uint64_t homes) { return (hash >> 32U) * homes >> 32U; }

}  // namespace featc
