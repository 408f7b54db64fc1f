// SPDX-License-Identifier: Apache-2.0
// What each kind of output emits for present, missing, overlong and ill-fitting values.
#include <cmath>
#include <limits>
#include <vector>

#include "runtime_fixture.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Emits one block of rows into fresh outputs.
struct Emitted {
  std::vector<uint64_t> ids;  // of an output of one id a row
  std::vector<float> dense;
  std::vector<int64_t> ends;
  std::vector<RaggedBuffer> ragged{1};
  std::vector<OutputCounts> counts{1};
  std::vector<RowStatus> status;

  template <class T>
  Emitted(const OutputInfo& output, std::vector<T> cells, uint64_t present = ~uint64_t{0}, uint32_t maxIds = 65'536) {
    auto n = static_cast<uint32_t>(cells.size());
    ids.resize(n);
    dense.resize(n * size_t{output.width});
    char* data =
        output.kind == OutputKind::Dense ? reinterpret_cast<char*>(dense.data()) : reinterpret_cast<char*>(ids.data());
    ends.resize(n);
    int64_t* ofOutput = ends.data();
    status.assign(n, RowStatus::Ok);
    CallFrame call;
    call.outputs = &data;
    call.ends = &ofOutput;
    call.itemStatus = status.data();
    call.maxIdsPerRow = maxIds;
    ShardFrame shard;
    shard.call = &call;
    shard.ragged = &ragged;
    shard.counts = &counts;
    ColumnRef values{cells.data(), reinterpret_cast<uint8_t*>(&present), false};
    emitColumn(shard, output, 0, values, 0, n);
  }
};

using Ids = std::vector<uint64_t>;
using Floats = std::vector<float>;
using Ends = std::vector<int64_t>;

template <class T>
List<T> list(const std::vector<T>& values, const uint8_t* valid = nullptr) {
  return {values.data(), valid, values.size()};
}

}  // namespace

TEST_CASE("a sparse value is its slot and its low 44 bits", "[emit]") {
  OutputInfo output = sparse("a", 3, Type::int64());
  output.countLostBits = true;
  constexpr int64_t kTooLarge = int64_t{1} << 44U;
  Emitted e(output, std::vector<int64_t>{0, 7, kTooLarge + 5, -1, kTooLarge - 1, -9}, 0b011111);
  CHECK(e.ids ==
        Ids{id(3, 0), id(3, 7), id(3, 5), id(3, (uint64_t{1} << 44U) - 1), id(3, (uint64_t{1} << 44U) - 1), 0});
  CHECK(e.counts[0].lostBits == 2);

  output.missing = 99;
  output.countLostBits = false;
  Emitted named(output, std::vector<int64_t>{-1, 0}, 0b01);
  CHECK(named.ids[1] == id(3, 99));
  CHECK(named.counts[0].lostBits == 0);
}

TEST_CASE("a sparse list skips missing elements; `missing` speaks for the whole list only", "[emit]") {
  OutputInfo output = sparse("a", 2, Type::list(Type::int64()));
  output.missing = 5;
  const std::vector<int64_t> values = {1, 2, 1};
  const uint8_t valid[3] = {1, 0, 1};
  const std::vector<List<int64_t>> rows = {list(values, valid), {}, {}};
  Emitted e(output, rows, 0b011);
  CHECK(e.ragged[0].ids == Ids{id(2, 1), id(2, 1), id(2, 5)});
  CHECK(e.ends == Ends{2, 2, 3});
  CHECK(e.ragged[0].weights.empty());
}

TEST_CASE("a sequence keeps the places of missing elements and its first L", "[emit]") {
  OutputInfo output = sequence("s", 4, 3);
  const std::vector<int64_t> values = {8, 0, 9, 10};
  const uint8_t valid[4] = {1, 0, 1, 1};
  Emitted e(output, std::vector<List<int64_t>>{list(values, valid), list(values)}, 0b01);
  CHECK(e.ragged[0].ids == Ids{id(4, 8), 0, id(4, 9)});
  CHECK(e.ends == Ends{3, 3});
}

TEST_CASE("ids without a usable weight are dropped and counted", "[emit]") {
  OutputInfo output = sparse("w", 1, Type::weighted(Type::int64()));
  output.missing = 3;
  const std::vector<int64_t> ids = {1, 2, 3, 4, 5, 6};
  const uint8_t idValid[6] = {1, 1, 1, 1, 1, 0};
  const std::vector<double> weights = {0.5, kNan, 1e39, 2, -3, 1};
  const uint8_t weightValid[6] = {1, 1, 1, 0, 1, 0};
  Weighted<int64_t> row{list(ids, idValid), list(weights, weightValid)};
  Emitted e(output, std::vector<Weighted<int64_t>>{row, {}}, 0b01);
  CHECK(e.ragged[0].ids == Ids{id(1, 1), id(1, 5), id(1, 3)});
  CHECK(e.ragged[0].weights == Floats{0.5F, -3.0F, 1.0F});
  CHECK(e.counts[0].droppedWeights == 3);
}

TEST_CASE("too many ids fail the row, which emits and counts nothing", "[emit]") {
  OutputInfo output = sparse("a", 2, Type::list(Type::int64()));
  output.countLostBits = true;
  const std::vector<int64_t> values = {-1, -2, -3};
  const std::vector<int64_t> few = {1, 2};
  Emitted e(output, std::vector<List<int64_t>>{list(few), list(values), list(few)}, 0b111, 2);
  CHECK(e.ends == Ends{2, 2, 4});
  CHECK(e.ragged[0].ids.size() == 4);
  CHECK(e.counts[0].lostBits == 0);
  CHECK(e.status == std::vector<RowStatus>{RowStatus::Ok, RowStatus::TooManyIds, RowStatus::Ok});
}

TEST_CASE("a dense value that is missing, not finite or beyond float32 is the default", "[emit]") {
  OutputInfo output = dense("d", Type::float64());
  output.defaultValue = 0.25;
  Emitted e(output, std::vector<double>{1.5, kNan, -kInf, 1e39, 3, 1e-45}, 0b101111);
  CHECK(e.dense == Floats{1.5F, 0.25F, 0.25F, 0.25F, 0.25F, 1e-45F});
  CHECK(denseValue({3.4028235e38, true}, output) == std::numeric_limits<float>::max());
}

TEST_CASE("a dense list is filled or cut to its width", "[emit]") {
  OutputInfo output = dense("d", Type::list(Type::float64()), 2);
  output.defaultValue = -1;
  const std::vector<double> one = {4};
  const std::vector<double> three = {1, kInf, 3};
  Emitted e(output, std::vector<List<double>>{list(one), list(three), {}, {}}, 0b0111);
  CHECK(e.dense == Floats{4, -1, 1, -1, -1, -1, -1, -1});
  CHECK(e.counts[0].cutDense == 1);
}
