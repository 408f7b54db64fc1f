// SPDX-License-Identifier: Apache-2.0
// Whole calls: blocks, statuses, memory limits, and no allocation when warm.
#include <limits>
#include <vector>

#include "runtime/calls/float_environment.h"
#include "runtime_fixture.h"
#include "tests/common/catch.h"
#include "tests/memory/allocation_count.h"

using namespace featc;
using namespace featc::test;

namespace {

// request { user : int64 }  item { x : int64?, tags : list<int64> }: three outputs over items.
ProgramInfo threeOutputs() {
  ProgramInfo info;
  info.inputs = {{Scope::Request, "user", Type::int64()},
                 {Scope::Item, "x", Type::int64().withNullable()},
                 {Scope::Item, "tags", Type::list(Type::int64())}};
  info.outputs = {sparse("x", 1, Type::int64()), sparse("tags", 2, Type::list(Type::int64())), sequence("s", 3, 2)};
  return info;
}

void emitThree(ShardFrame& shard, const ProgramInfo& info, Scope scope, int64_t begin, int64_t end) {
  if (scope != Scope::Item) return;
  auto n = static_cast<uint32_t>(end - begin);
  const std::vector<ColumnRef>& columns = shard.call->columns;
  emitColumn(shard, info.outputs[0], 0, rowsFrom<int64_t>(columns[1], begin), begin, n);
  emitColumn(shard, info.outputs[1], 1, rowsFrom<List<int64_t>>(columns[2], begin), begin, n);
  emitColumn(shard, info.outputs[2], 2, rowsFrom<List<int64_t>>(columns[2], begin), begin, n);
}

Extractor threeOutputExtractor() {
  ProgramInfo info = threeOutputs();
  auto run = [info](ShardFrame& shard, uint32_t, Scope scope, int64_t begin, int64_t end) {
    emitThree(shard, info, scope, begin, end);
  };
  return {info, std::make_shared<HandWritten>(inputsOf(info), run)};
}

// A batch of `requests` requests of `perRequest` items for threeOutputs(); item i has i % 3 tags.
struct Rows {
  std::vector<int64_t> users, x, tagValues, itemOffsets;
  std::vector<int32_t> tagOffsets{0};
  ColumnData tags;
  std::vector<ColumnData> columns;
  Batch batch;

  Rows(int64_t requests, int64_t perRequest) {
    itemOffsets.push_back(0);
    for (int64_t r = 0; r < requests; ++r) {
      users.push_back(r);
      itemOffsets.push_back((r + 1) * perRequest);
    }
    for (int64_t i = 0; i < requests * perRequest; ++i) {
      x.push_back(i);
      for (int64_t k = 0; k < i % 3; ++k) tagValues.push_back(i * 10 + k);
      tagOffsets.push_back(static_cast<int32_t>(tagValues.size()));
    }
    tags = numbers(tagValues);
    ColumnData list;
    list.length = requests * perRequest;
    list.offsets = tagOffsets.data();
    list.children[0] = &tags;
    columns = {numbers(users), numbers(x), list};
    batch = {requests, requests * perRequest, itemOffsets.data(), columns};
  }
  Rows(const Rows&) = delete;
};

void checkRows(const Rows& rows, const Result& result) {
  for (int64_t i = 0; i < result.items(); ++i) {
    auto at = static_cast<size_t>(i);
    REQUIRE(result.output(0).ids[at] == id(1, static_cast<uint64_t>(i)));
    const OutputColumn& tags = result.output(1);
    REQUIRE(tags.offsets[at + 1] - tags.offsets[at] == i % 3);
    if (i % 3 > 0) REQUIRE(tags.ids[static_cast<size_t>(tags.offsets[at])] == id(2, static_cast<uint64_t>(i * 10)));
    REQUIRE(result.status(i) == RowStatus::Ok);
  }
  CHECK(result.output(1).ids.size() == rows.tagValues.size());
}

}  // namespace

TEST_CASE("every row of every block comes out, whatever the number of rows", "[extractor]") {
  Extractor extractor = threeOutputExtractor();
  Scratch scratch(extractor);
  Result result;
  for (int64_t requests : {0, 1, 3, 260}) {
    for (int64_t perRequest : {0, 1, 5}) {
      Rows rows(requests, perRequest);
      REQUIRE(!extractor.run(rows.batch, scratch, result));
      REQUIRE(result.items() == requests * perRequest);
      REQUIRE(result.itemOffsets().size() == static_cast<size_t>(requests) + 1);
      checkRows(rows, result);
      if (result.items() > 0) CHECK(result.requestOf(result.items() - 1) == requests - 1);
    }
  }
}

TEST_CASE("a warm call allocates nothing", "[extractor]") {
  Extractor extractor = threeOutputExtractor();
  Scratch scratch(extractor);
  Result result;
  Rows rows(7, 171);
  REQUIRE(!extractor.run(rows.batch, scratch, result));
  for (int call = 0; call < 2; ++call) {
    uint64_t before = allocationCount();
    Error error = extractor.run(rows.batch, scratch, result);
    uint64_t made = allocationCount() - before;
    REQUIRE(!error);
    CHECK(made == 0);
  }
  checkRows(rows, result);
}

TEST_CASE("a request's missing field fails all its items, an item's only itself", "[extractor]") {
  Extractor extractor = threeOutputExtractor();
  Scratch scratch(extractor);
  Result result;
  Rows rows(3, 2);
  const uint8_t users[1] = {0b101};
  const uint8_t lists[1] = {0b011111};
  rows.columns[0].validity = users;
  rows.columns[2].validity = lists;
  REQUIRE(!extractor.run(rows.batch, scratch, result));
  std::vector<RowStatus> status;
  for (int64_t i = 0; i < 6; ++i) status.push_back(result.status(i));
  constexpr RowStatus kOk = RowStatus::Ok, kBad = RowStatus::BadInput;
  CHECK(status == std::vector<RowStatus>{kOk, kOk, kBad, kBad, kOk, kBad});
}

TEST_CASE("a batch that does not fit is an error and leaves the result empty", "[extractor]") {
  Extractor extractor = threeOutputExtractor();
  Scratch scratch(extractor);
  Result result;
  Rows rows(2, 2);
  auto error = [&] {
    Error e = extractor.run(rows.batch, scratch, result);
    CHECK(result.items() == 0);
    CHECK(result.outputCount() == 0);
    return e.message;
  };
  SECTION("columns") {
    rows.batch.columns = rows.batch.columns.first(2);
    CHECK(error() == "the batch has 2 columns, but the model has 3 fields");
  }
  SECTION("offsets descend") {
    rows.itemOffsets[1] = 5;
    CHECK(error() == "the item offsets descend after request 1");
  }
  SECTION("offsets end elsewhere") {
    rows.itemOffsets[2] = 3;
    CHECK(error() == "the item offsets end with 3, but the batch has 4 items");
  }
  SECTION("no offsets") {
    rows.batch.itemOffsets = nullptr;
    CHECK(error() == "the batch has no item offsets");
  }
  SECTION("another extractor's scratch") {
    Extractor other = threeOutputExtractor();
    Scratch wrong(other);
    CHECK(extractor.run(rows.batch, wrong, result).message == "the scratch was made for another extractor");
  }
}

TEST_CASE("a block that runs out of memory is computed again, a few rows at a time", "[extractor]") {
  ProgramInfo info = threeOutputs();
  // Each item takes 1 KiB, item 20 more than there is.
  auto run = [info](ShardFrame& shard, uint32_t, Scope scope, int64_t begin, int64_t end) {
    if (scope != Scope::Item) return;
    for (int64_t i = begin; i < end; ++i) {
      ++shard.events->unequalLengths;
      if (shard.arena->allocate<char>(i == 20 ? 1 << 20 : 1024) == nullptr)
        shard.call->itemStatus[i] = RowStatus::OutOfMemory;
    }
    emitThree(shard, info, scope, begin, end);
  };
  RunLimits limits;
  limits.arenaBytes = 64 << 10;
  Extractor extractor(info, std::make_shared<HandWritten>(inputsOf(info), run), {}, limits);
  Scratch scratch(extractor);
  Result result;
  Rows rows(1, 1000);
  REQUIRE(!extractor.run(rows.batch, scratch, result));
  for (int64_t i = 0; i < 1000; ++i) CHECK(result.status(i) == (i == 20 ? RowStatus::OutOfMemory : RowStatus::Ok));
  CHECK(result.events().unequalLengths == 1000);
  CHECK(result.output(1).ids.size() == rows.tagValues.size());
  CHECK(result.output(1).offsets[1000] == static_cast<int64_t>(rows.tagValues.size()));
}

TEST_CASE("a block that ran out of memory is computed again, whatever else its operators gave back", "[extractor]") {
  // What the rows of a block need before the last one gives something back is more than there is.
  auto run = [](ShardFrame& shard, uint32_t, Scope scope, int64_t begin, int64_t end) {
    if (scope != Scope::Item) return;
    for (int64_t i = begin; i < end; ++i) {
      if (shard.arena->allocate<char>(1024) == nullptr) shard.call->itemStatus[i] = RowStatus::OutOfMemory;
      Arena::Mark mark = shard.arena->mark();
      shard.arena->allocate<char>(16);
      shard.arena->rewind(mark);
    }
  };
  RunLimits limits;
  limits.arenaBytes = 64 << 10;
  Extractor extractor(threeOutputs(), std::make_shared<HandWritten>(inputsOf(threeOutputs()), run), {}, limits);
  Scratch scratch(extractor);
  Result result;
  Rows rows(1, 1000);
  REQUIRE(!extractor.run(rows.batch, scratch, result));
  for (int64_t i = 0; i < 1000; ++i) CHECK(result.status(i) == RowStatus::Ok);
}

TEST_CASE("rows that find no memory leave theirs to the rows that come after", "[extractor]") {
  // Items keep 64 bytes each from one phase to the next; item 700 also needs more than there is.
  ProgramLayout layout = inputsOf(threeOutputs());
  size_t kept = layout.columns.size();
  layout.columns.push_back({Scope::Item, Type::list(Type::int64()), 0});
  layout.phases = 2;
  std::vector<int64_t> seen;
  auto run = [&](ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) {
    if (scope != Scope::Item) return;
    auto* cells = static_cast<List<int64_t>*>(shard.call->columns[kept].data);
    for (int64_t i = begin; i < end; ++i) {
      if (phase == 1) {
        seen.push_back(cells[i].size == 0 ? -1 : cells[i].data[0]);
        continue;
      }
      auto* values = shard.arena->allocate<int64_t>(8);
      if (values == nullptr || (i == 700 && shard.arena->allocate<char>(1 << 20) == nullptr))
        shard.call->itemStatus[i] = RowStatus::OutOfMemory;
      if (values != nullptr) *values = i;
      cells[i] = {values, nullptr, values == nullptr ? uint64_t{0} : 8};
    }
  };
  RunLimits limits;
  limits.arenaBytes = 64 << 10;
  Extractor extractor(threeOutputs(), std::make_shared<HandWritten>(layout, run), {}, limits);
  Scratch scratch(extractor);
  Result result;
  Rows rows(1, 1000);
  REQUIRE(!extractor.run(rows.batch, scratch, result));
  // 1,000 times 64 bytes fit; of the eight rows around 700 nothing can be kept.
  for (int64_t i = 0; i < 1000; ++i) {
    bool lost = i / 8 == 700 / 8;
    CHECK(result.status(i) == (lost ? RowStatus::OutOfMemory : RowStatus::Ok));
    CHECK(seen[static_cast<size_t>(i)] == (lost ? -1 : i));
  }
}

TEST_CASE("floats are computed with denormals, rounded to nearest, and the caller's setting comes back",
          "[extractor]") {
  ProgramInfo info;
  info.inputs = {{Scope::Item, "x", Type::float64()}};
  info.outputs = {dense("d", Type::float64())};
  auto run = [info](ShardFrame& shard, uint32_t, Scope scope, int64_t begin, int64_t end) {
    if (scope != Scope::Item) return;
    for (int64_t i = begin; i < end; ++i) {
      volatile double x = static_cast<const double*>(shard.call->columns[0].data)[i];
      volatile double half = x / 2;
      reinterpret_cast<float*>(shard.call->outputs[0])[i] = half > 0 ? 1.0F : 0.0F;
    }
  };
  Extractor extractor(info, std::make_shared<HandWritten>(inputsOf(info), run));
  Scratch scratch(extractor);
  Result result;
  std::vector<double> x = {std::numeric_limits<double>::min()};
  std::vector<ColumnData> columns = {numbers(x)};
  const int64_t offsets[2] = {0, 1};
#if defined(__x86_64__)
  uint32_t before = _mm_getcsr();
  constexpr uint32_t kFlush = 0x8040;
  _mm_setcsr(before | kFlush);
  Error error = extractor.run({1, 1, offsets, columns}, scratch, result);
  uint32_t after = _mm_getcsr();
  _mm_setcsr(before);
  CHECK((after & kFlush) == kFlush);
#else
  Error error = extractor.run({1, 1, offsets, columns}, scratch, result);
#endif
  REQUIRE(!error);
  CHECK(result.output(0).dense[0] == 1.0F);
}

TEST_CASE("a result outlives its extractor without keeping the code, and may be given to another one", "[extractor]") {
  Result result;
  Rows rows(2, 3);
  std::weak_ptr<const Executable> code;
  {
    ProgramInfo info = threeOutputs();
    auto executable = std::make_shared<HandWritten>(
        inputsOf(info), [info](ShardFrame& shard, uint32_t, Scope scope, int64_t begin, int64_t end) {
          emitThree(shard, info, scope, begin, end);
        });
    code = executable;
    Extractor extractor(info, std::move(executable));
    Scratch scratch(extractor);
    REQUIRE(!extractor.run(rows.batch, scratch, result));
  }
  CHECK(code.expired());
  CHECK(result.output(0).rows == 6);
  CHECK(result.output(0).ids[0] != 0);

  Extractor another = threeOutputExtractor();
  Scratch scratch(another);
  REQUIRE(!another.run(rows.batch, scratch, result));
  CHECK(result.output(2).offsets.size() == 7);
}
