// SPDX-License-Identifier: Apache-2.0
// Lookups in tables of embeddings, against sums that the test adds up itself.
#include "server/embeddings/lookup.h"

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "embeddings_fixture.h"
#include "server/embeddings/overlay.h"
#include "server/embeddings/table_loops.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;

namespace {

struct Lists {
  std::vector<uint64_t> ids;
  std::vector<int64_t> offsets{0};
  std::vector<float> weights;

  IdRows rows(bool isWeighted) const {
    return {ids, offsets, isWeighted ? std::span<const float>(weights) : std::span<const float>()};
  }
  size_t size() const { return offsets.size() - 1; }
};

// Lists of up to `longest` ids: known, unknown and missing ones.
Lists someLists(const Rows& rows, size_t count, size_t longest, uint64_t seed) {
  std::vector<uint64_t> known;
  for (const auto& [id, row] : rows) known.push_back(id);
  std::mt19937_64 random(seed);
  Lists lists;
  for (size_t i = 0; i < count; ++i) {
    for (size_t n = random() % (longest + 1); n > 0; --n) {
      const uint64_t kind = random() % 10;
      lists.ids.push_back(kind == 0 ? 0 : kind == 1 || known.empty() ? random() : known[random() % known.size()]);
      lists.weights.push_back(static_cast<float>(random() % 16) / 4 - 1);
    }
    lists.offsets.push_back(static_cast<int64_t>(lists.ids.size()));
  }
  return lists;
}

std::vector<float> rowOf(const Rows& rows, uint64_t id, const std::vector<float>& defaultRow, LookupCounts& counts) {
  if (id == 0) return std::vector<float>(defaultRow.size());
  ++counts.ids;
  auto found = rows.find(id);
  if (found != rows.end()) return found->second;
  ++counts.absent;
  return defaultRow;
}

std::vector<float> pooled(const Rows& rows, const Lists& lists, size_t i, bool isWeighted, Combiner combiner,
                          const std::vector<float>& defaultRow, LookupCounts& counts) {
  std::vector<float> sum(defaultRow.size());
  float divisor = 0;
  for (auto k = static_cast<size_t>(lists.offsets[i]); k < static_cast<size_t>(lists.offsets[i + 1]); ++k) {
    const float weight = isWeighted ? lists.weights[k] : 1;
    const std::vector<float> row = rowOf(rows, lists.ids[k], defaultRow, counts);
    for (size_t d = 0; d < sum.size(); ++d) sum[d] += row[d] * weight;
    if (lists.ids[k] != 0) divisor += weight;
  }
  if (combiner == Combiner::Sum) return sum;
  for (float& x : sum) x = divisor == 0 ? 0 : x / divisor;
  return sum;
}

}  // namespace

TEST_CASE("pooled rows are the sums that a loop adds up", "[embeddings]") {
  const EmbeddingsFolder folder;
  for (uint32_t dim : {1, 3, 4, 7, 8, 15, 16, 24, 33, 64, 100, 130}) {
    for (RowType type : {RowType::Float32, RowType::BFloat16}) {
      const Rows rows = someRows(1000, dim);
      buildTable(folder / "t.table", rows, type);
      const std::shared_ptr<const EmbeddingTable> table = openTable(folder / "t.table");
      const std::vector<float> defaultRow(dim, 0.5F);
      for (Combiner combiner : {Combiner::Sum, Combiner::Mean}) {
        const TableLookup lookup(table, combiner, defaultRow);
        for (size_t longest : {0, 1, 3, 200}) {
          const Lists lists = someLists(rows, 150, longest, dim);
          for (bool isWeighted : {false, true}) {
            CAPTURE(dim, rowTypeName(type), combinerName(combiner), longest, isWeighted);
            const size_t stride = dim + 5;
            std::vector<float> out(lists.size() * stride, -7);
            LookupCounts counts;
            lookup.pool(lists.rows(isWeighted), {out.data(), stride}, counts);
            LookupCounts wanted;
            for (size_t i = 0; i < lists.size(); ++i) {
              std::vector<float> row = pooled(rows, lists, i, isWeighted, combiner, defaultRow, wanted);
              row.resize(stride, -7);
              REQUIRE(std::vector<float>(out.data() + i * stride, out.data() + (i + 1) * stride) == row);
            }
            CHECK(counts == wanted);
          }
        }
      }
    }
  }
}

TEST_CASE("one id a row needs no offsets", "[embeddings]") {
  const EmbeddingsFolder folder;
  const Rows rows = someRows(500, 16);
  buildTable(folder / "t.table", rows, RowType::BFloat16);
  const std::vector<float> defaultRow(16, -1);
  const TableLookup lookup(openTable(folder / "t.table"), Combiner::Mean, defaultRow);
  const Lists lists = someLists(rows, 300, 3, 5);
  std::vector<float> out(lists.ids.size() * 16);
  LookupCounts counts;
  lookup.pool({lists.ids, {}, {}}, {out.data(), 16}, counts);
  LookupCounts wanted;
  for (size_t i = 0; i < lists.ids.size(); ++i)
    REQUIRE(std::vector<float>(out.data() + i * 16, out.data() + i * 16 + 16) ==
            rowOf(rows, lists.ids[i], defaultRow, wanted));
  CHECK(counts == wanted);
}

TEST_CASE("sequences keep their places, and end in zeros", "[embeddings]") {
  const EmbeddingsFolder folder;
  const uint32_t dim = 4;
  const size_t length = 5;
  const Rows rows = someRows(200, dim);
  buildTable(folder / "t.table", rows, RowType::Float32);
  const std::vector<float> defaultRow(dim, 9);
  const TableLookup lookup(openTable(folder / "t.table"), Combiner::Mean, defaultRow);
  for (size_t stride : {size_t{dim}, size_t{dim} + 3}) {
    const Lists lists = someLists(rows, 100, 8, stride);
    std::vector<float> out(lists.size() * length * stride, -7);
    LookupCounts counts;
    lookup.sequences(lists.rows(true), length, {out.data(), stride}, counts);
    LookupCounts wanted;
    for (size_t i = 0; i < lists.size(); ++i) {
      for (size_t l = 0; l < length; ++l) {
        const size_t k = static_cast<size_t>(lists.offsets[i]) + l;
        std::vector<float> row(dim);
        if (k < static_cast<size_t>(lists.offsets[i + 1])) row = rowOf(rows, lists.ids[k], defaultRow, wanted);
        row.resize(stride, -7);
        const float* at = out.data() + (i * length + l) * stride;
        REQUIRE(std::vector<float>(at, at + stride) == row);
      }
    }
    CHECK(counts == wanted);
  }
}

TEST_CASE("elements of a sequence group are pooled one by one", "[embeddings]") {
  const EmbeddingsFolder folder;
  const uint32_t dim = 8;
  const size_t length = 3;
  const Rows rows = someRows(200, dim);
  buildTable(folder / "t.table", rows, RowType::Float32);
  const std::vector<float> defaultRow(dim, 2);
  const TableLookup lookup(openTable(folder / "t.table"), Combiner::Mean, defaultRow);
  const Lists elements = someLists(rows, 100, 4, 3);
  const std::vector<int64_t> ofRow = {0, 0, 2, 7, 10, 10, 99, 100};
  std::vector<float> out((ofRow.size() - 1) * length * dim, -7);
  LookupCounts counts;
  lookup.poolElements(elements.rows(false), ofRow, length, {out.data(), dim}, counts);
  LookupCounts wanted;
  for (size_t r = 0; r + 1 < ofRow.size(); ++r) {
    for (size_t l = 0; l < length; ++l) {
      const size_t e = static_cast<size_t>(ofRow[r]) + l;
      std::vector<float> row(dim);
      if (e < static_cast<size_t>(ofRow[r + 1]))
        row = pooled(rows, elements, e, false, Combiner::Mean, defaultRow, wanted);
      const float* at = out.data() + (r * length + l) * dim;
      REQUIRE(std::vector<float>(at, at + dim) == row);
    }
  }
  CHECK(counts == wanted);
}

TEST_CASE("an overlay is looked at first", "[embeddings]") {
  const EmbeddingsFolder folder;
  const uint32_t dim = 16;
  Rows rows = someRows(3000, dim);
  buildTable(folder / "t.table", rows, RowType::Float32);
  const std::shared_ptr<const EmbeddingTable> table = openTable(folder / "t.table");
  const std::vector<float> defaultRow(dim, 3);
  std::shared_ptr<const TableOverlay> overlay;
  std::mt19937_64 random(8);
  for (int round = 0; round < 4; ++round) {
    // Of changes of the same id the last one counts.
    const Rows fresh = someRows(300, dim, static_cast<uint64_t>(round));
    std::vector<RowChange> changes;
    for (const auto& [id, row] : fresh) {
      changes.push_back({id, nullptr});
      changes.push_back({id, reinterpret_cast<const std::byte*>(row.data())});
      rows[id] = row;
      if (random() % 4 != 0) continue;
      changes.push_back({id, nullptr});
      rows.erase(id);
    }
    overlay = TableOverlay::make(overlay.get(), changes, dim * sizeof(float));
    const TableLookup lookup(table, Combiner::Sum, defaultRow, overlay);
    const Lists lists = someLists(fresh, 100, 20, 17);
    std::vector<float> out(lists.size() * dim);
    LookupCounts counts;
    lookup.pool(lists.rows(true), {out.data(), dim}, counts);
    LookupCounts wanted;
    for (size_t i = 0; i < lists.size(); ++i)
      REQUIRE(std::vector<float>(out.data() + i * dim, out.data() + (i + 1) * dim) ==
              pooled(rows, lists, i, true, Combiner::Sum, defaultRow, wanted));
    CHECK(counts == wanted);
    for (const auto& [id, row] : fresh) {
      std::vector<float> got(dim);
      REQUIRE(lookup.get(id, got.data()) == rows.contains(id));
      if (rows.contains(id)) REQUIRE(got == rows[id]);
    }
  }
}

TEST_CASE("loops of a lookup give the same bits in every instruction set", "[embeddings]") {
  const EmbeddingsFolder folder;
  std::mt19937_64 random(4);
  for (uint32_t dim : {1, 5, 16, 75, 200}) {
    for (RowType type : {RowType::Float32, RowType::BFloat16}) {
      Rows rows = someRows(2000, dim);
      for (auto& [id, row] : rows)
        for (float& x : row) x = static_cast<float>(random()) * 1e-10F;
      buildTable(folder / "t.table", rows, type);
      const std::shared_ptr<const EmbeddingTable> table = openTable(folder / "t.table");
      std::vector<uint64_t> ids;
      std::vector<float> weights;
      for (const auto& [id, row] : rows) {
        ids.push_back(id);
        ids.push_back(id + (uint64_t{1} << 40U));
        weights.insert(weights.end(), {static_cast<float>(random()) * 1e-19F, -0.3F});
      }
      std::vector<std::vector<float>> results;
      for (const TableLoops* loops : allTableLoops()) {
        CAPTURE(loops->instructions, dim, rowTypeName(type));
        std::vector<uint32_t> homes(ids.size());
        std::vector<const std::byte*> found(ids.size());
        loops->homes(table->index(), ids.data(), homes.data(), ids.size());
        loops->find(table->index(), ids.data(), homes.data(), found.data(), ids.size());
        std::vector<const std::byte*> present;
        for (size_t i = 0; i < ids.size(); ++i) {
          REQUIRE((found[i] != nullptr) == rows.contains(ids[i]));
          if (found[i] != nullptr) present.push_back(found[i]);
        }
        std::vector<float> out(4 * size_t{dim}, 1);
        const auto end = static_cast<uint32_t>(present.size());
        const PoolSegment segments[] = {{out.data(), 0, end, 1, PoolSegment::Kind::Sum},
                                        {out.data() + dim, 3, 10, 7, PoolSegment::Kind::MoreSum},
                                        {out.data() + 2 * size_t{dim}, 5, 5, 1, PoolSegment::Kind::Sum},
                                        {out.data() + 3 * size_t{dim}, 5, 9, 0, PoolSegment::Kind::MoreSum}};
        loops->pool[static_cast<size_t>(type)](present.data(), weights.data(), segments, 4, dim, dim);
        loops->pool[static_cast<size_t>(type)](present.data(), nullptr, segments + 1, 1, dim, dim);
        CHECK(std::vector<float>(out.end() - 2 * static_cast<ptrdiff_t>(dim), out.end()) ==
              std::vector<float>(2 * size_t{dim}));
        results.push_back(out);
        CHECK(std::memcmp(results.front().data(), out.data(), out.size() * sizeof(float)) == 0);
      }
    }
  }
}

TEST_CASE("bfloat16 is rounded to the nearest, of two to the even one", "[embeddings]") {
  CHECK(toBFloat16(1.0F) == 0x3F80);
  CHECK(toBFloat16(-0.0F) == 0x8000);
  // Halfway between 1 and the next number, and between that and the one after it.
  CHECK(toBFloat16(1.00390625F) == 0x3F80);
  CHECK(toBFloat16(1.01171875F) == 0x3F82);
  CHECK(toBFloat16(1.004F) == 0x3F81);
  CHECK(std::isinf(fromBFloat16(toBFloat16(3.4e38F))));
  CHECK(std::isnan(fromBFloat16(toBFloat16(std::nanf("")))));
}
