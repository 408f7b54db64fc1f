// SPDX-License-Identifier: Apache-2.0
// The loops, for the files that each compile them for one instruction set. All of it has internal linkage, and calls
// nothing that has not, unless it is always inlined: a linker would keep one instruction set's function for all.
#pragma once

#include <cstring>

#include "server/embeddings/table_loops.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace featc::table_loops {
namespace {  // NOLINT(google-build-namespaces): see above

constexpr size_t kLine = 64;
// What follows is fetched by the machine itself.
constexpr size_t kMostLines = 8;

// -- Finding rows ------------------------------------------------------------------------------------

void homes(const TableIndex& index, const uint64_t* __restrict ids, uint32_t* __restrict out, size_t n) {
  const uint64_t count = index.homes;
  for (size_t i = 0; i < n; ++i) out[i] = static_cast<uint32_t>(homeOf(tableHash(ids[i]), count));
  for (size_t i = 0; i < n; ++i) __builtin_prefetch(index.buckets + out[i]);
}

// Bit i: whether the bucket's word i is `id`.
inline uint32_t equalWords(const TableBucket* bucket, uint64_t id) {
#if defined(__AVX512F__)
  return _mm512_cmpeq_epi64_mask(_mm512_load_si512(bucket), _mm512_set1_epi64(static_cast<int64_t>(id)));
#elif defined(__AVX2__)
  const __m256i wanted = _mm256_set1_epi64x(static_cast<int64_t>(id));
  const auto* words = reinterpret_cast<const __m256i*>(bucket);
  const __m256i low = _mm256_cmpeq_epi64(_mm256_load_si256(words), wanted);
  const __m256i high = _mm256_cmpeq_epi64(_mm256_load_si256(words + 1), wanted);
  return static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(low))) |
         static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(high))) << 4U;
#else
  uint32_t equal = 0;
  for (uint32_t i = 0; i < 7; ++i) equal |= (bucket->ids[i] == id ? 1U : 0U) << i;
  return equal;
#endif
}

void find(const TableIndex& index, const uint64_t* ids, const uint32_t* homes, const std::byte** rows, size_t n) {
  const size_t rowBytes = index.rowBytes;
  const size_t lines = (rowBytes + kLine - 1) / kLine;
  // Rows begin at a page, so that these never lie in a line more than they need.
  const bool isAligned = kLine % rowBytes == 0 || rowBytes % kLine == 0;
  for (size_t i = 0; i < n; ++i) {
    const TableBucket* bucket = index.buckets + homes[i];
    const std::byte* row = nullptr;
    while (true) {
      const uint64_t word = bucket->word;
      // The bucket's own word is no id.
      const uint32_t equal = equalWords(bucket, ids[i]) & ((1U << (word & 7U)) - 1);
      if (equal != 0) {
        row = index.rows + ((word >> 8U) + static_cast<uint32_t>(__builtin_ctz(equal))) * rowBytes;
        break;
      }
      if ((word & 8U) == 0) break;
      ++bucket;
    }
    rows[i] = row;
    if (row == nullptr) continue;
    for (size_t line = 0; line < lines && line < kMostLines; ++line) __builtin_prefetch(row + line * kLine);
    if (!isAligned) __builtin_prefetch(row + rowBytes - 1);
  }
}

uint64_t settle(const uint64_t* __restrict ids, const std::byte** __restrict rows, size_t n,
                const std::byte* defaultRow, const std::byte* zeros) {
  uint64_t absent = 0;
  for (size_t i = 0; i < n; ++i) {
    const std::byte* row = rows[i];
    absent += (row == nullptr ? 1U : 0U) & (ids[i] != 0 ? 1U : 0U);
    row = row == nullptr ? defaultRow : row;
    rows[i] = ids[i] == 0 ? zeros : row;
  }
  return absent;
}

// -- Pooling -----------------------------------------------------------------------------------------

template <size_t lanes>
struct Lanes {
  typedef float Floats __attribute__((vector_size(lanes * 4)));
  typedef uint32_t Words __attribute__((vector_size(lanes * 4)));
  typedef uint16_t Halves __attribute__((vector_size(lanes * 2)));
};
template <>
struct Lanes<1> {
  using Floats = float;
};

template <size_t lanes>
using Floats = typename Lanes<lanes>::Floats;

template <RowType type, size_t lanes>
[[gnu::always_inline]] inline void load(const std::byte* row, size_t column, Floats<lanes>& out) {
  if constexpr (type == RowType::Float32) {
    std::memcpy(&out, row + column * sizeof(float), sizeof out);
  } else if constexpr (lanes == 1) {
    uint16_t half;
    std::memcpy(&half, row + column * sizeof half, sizeof half);
    const uint32_t word = uint32_t{half} << 16U;
    std::memcpy(&out, &word, sizeof out);
  } else {
    typename Lanes<lanes>::Halves halves;
    std::memcpy(&halves, row + column * sizeof(uint16_t), sizeof halves);
    const auto words = __builtin_convertvector(halves, typename Lanes<lanes>::Words) << 16;
    std::memcpy(&out, &words, sizeof out);
  }
}

// Columns `column` .. `column` + vectors * lanes - 1 of a segment.
template <RowType type, bool isWeighted, size_t lanes, size_t vectors>
[[gnu::always_inline]] inline void poolColumns(const std::byte* const* rows, const float* weights,
                                               const PoolSegment& segment, size_t column) {
  static_assert(vectors == 1 || vectors == 2 || vectors == 4);
  // Not an array, which compilers keep in memory.
  Floats<lanes> a{};
  Floats<lanes> b{};
  Floats<lanes> c{};
  Floats<lanes> d{};
  float* out = segment.out + column;
  auto eachVector = [&](auto&& act) {
    act(a, 0);
    if constexpr (vectors > 1) act(b, lanes);
    if constexpr (vectors > 2) {
      act(c, 2 * lanes);
      act(d, 3 * lanes);
    }
  };
  if (segment.kind == PoolSegment::Kind::MoreSum)
    eachVector([&](Floats<lanes>& sum, size_t at) { std::memcpy(&sum, out + at, sizeof sum); });
  for (size_t i = segment.begin; i < segment.end; ++i) {
    eachVector([&](Floats<lanes>& sum, size_t at) {
      Floats<lanes> numbers;
      load<type, lanes>(rows[i], column + at, numbers);
      if constexpr (isWeighted)
        sum += numbers * weights[i];
      else
        sum += numbers;
    });
  }
  if (segment.divisor == 0) {
    eachVector([&](Floats<lanes>& sum, size_t) { sum = Floats<lanes>{}; });
  } else if (segment.divisor != 1) {
    eachVector([&](Floats<lanes>& sum, size_t) { sum = sum / segment.divisor; });
  }
  eachVector([&](Floats<lanes>& sum, size_t at) { std::memcpy(out + at, &sum, sizeof sum); });
}

// Calls `act` with lanes and vectors as constants, and the column where they begin, for all columns of a row.
template <class Act>
[[gnu::always_inline]] inline void eachColumn(uint32_t dim, Act&& act) {
  size_t column = 0;
  for (; column + 64 <= dim; column += 64) act.template operator()<16, 4>(column);
  if ((dim & 32U) != 0) {
    act.template operator()<16, 2>(column);
    column += 32;
  }
  if ((dim & 16U) != 0) {
    act.template operator()<16, 1>(column);
    column += 16;
  }
  if ((dim & 8U) != 0) {
    act.template operator()<8, 1>(column);
    column += 8;
  }
  if ((dim & 4U) != 0) {
    act.template operator()<4, 1>(column);
    column += 4;
  }
  for (; column < dim; ++column) act.template operator()<1, 1>(column);
}

template <RowType type>
[[gnu::always_inline]] inline void copyRows(const std::byte* const* rows, const PoolSegment& segment, uint32_t dim,
                                            size_t stride) {
  float* out = segment.out;
  for (size_t i = segment.begin; i < segment.end; ++i, out += stride) {
    eachColumn(dim, [&]<size_t lanes, size_t vectors>(size_t column) {
      for (size_t v = 0; v < vectors; ++v, column += lanes) {
        Floats<lanes> numbers;
        load<type, lanes>(rows[i], column, numbers);
        std::memcpy(out + column, &numbers, sizeof numbers);
      }
    });
  }
}

template <RowType type, bool isWeighted>
void poolSegments(const std::byte* const* rows, const float* weights, const PoolSegment* segments, size_t count,
                  uint32_t dim, size_t stride) {
  for (const PoolSegment* segment = segments; segment != segments + count; ++segment) {
    if (segment->kind == PoolSegment::Kind::Copies) {
      copyRows<type>(rows, *segment, dim, stride);
      continue;
    }
    eachColumn(dim, [&]<size_t lanes, size_t vectors>(size_t column) {
      poolColumns<type, isWeighted, lanes, vectors>(rows, weights, *segment, column);
    });
  }
}

template <RowType type>
void pool(const std::byte* const* rows, const float* weights, const PoolSegment* segments, size_t count, uint32_t dim,
          size_t stride) {
  if (weights == nullptr)
    poolSegments<type, false>(rows, weights, segments, count, dim, stride);
  else
    poolSegments<type, true>(rows, weights, segments, count, dim, stride);
}

constexpr TableLoops loopsOf(const char* instructions) {
  return {.instructions = instructions,
          .homes = homes,
          .find = find,
          .settle = settle,
          .pool = {pool<RowType::Float32>, pool<RowType::BFloat16>}};
}

}  // namespace
}  // namespace featc::table_loops
