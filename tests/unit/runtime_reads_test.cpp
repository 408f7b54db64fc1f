// SPDX-License-Identifier: Apache-2.0
// Reads between the phases of a call, with enough memory and without.
#include <algorithm>
#include <thread>
#include <vector>

#include "data/memory/memory_store.h"
#include "runtime_fixture.h"
#include "tests/common/catch.h"
#include "values/value.h"

using namespace featc;
using namespace featc::test;

namespace {

const SourceInfo kStats{"stats",
                        {{"item", Type::int64()}},
                        "stats:{item}",
                        Encoding::Hash,
                        {{"clicks", Type::int64()}, {"name", Type::string()}, {"hot", Type::boolean()}}};

// Hands each fetch on, perhaps on another thread, and remembers its keys.
class Spy : public Store {
 public:
  Spy(std::shared_ptr<Store> behind, bool async) : behind_(std::move(behind)), async_(async) {}
  ~Spy() override {
    for (std::thread& t : threads_) t.join();
  }
  void fetch(const FetchRequest& request, Done done) override {
    fetches.emplace_back(request.keys.begin(), request.keys.end());
    if (async_)
      threads_.emplace_back([this, request, done] { behind_->fetch(request, done); });
    else
      behind_->fetch(request, std::move(done));
  }
  std::vector<std::vector<std::string>> fetches;

 private:
  std::shared_ptr<Store> behind_;
  bool async_;
  std::vector<std::thread> threads_;
};

std::shared_ptr<Store> statsStore() {
  StoreLoadReport report;
  return MemoryStore::parse(R"({"source": "stats", "item": 1, "clicks": 10, "name": "one", "hot": true}
{"source": "stats", "item": 2, "clicks": 20}
{"source": "stats", "item": 3, "name": "three", "hot": false})",
                            {&kStats, 1}, report);
}

// Call columns: 0 item.item, 1 item.items (list), then the fields of two reads.
ProgramInfo readInfo() {
  ProgramInfo info;
  info.inputs = {{Scope::Item, "item", Type::int64().withNullable()},
                 {Scope::Item, "items", Type::list(Type::int64()).withNullable()}};
  info.sources = {kStats};
  info.outputs = {sparse("clicks", 1, Type::int64()), sequence("many", 2, 10)};
  return info;
}

Extractor readExtractor(StoreBinding stores, std::vector<std::string>& shown) {
  ProgramInfo info = readInfo();
  ProgramLayout layout = inputsOf(info);
  layout.phases = 3;
  auto field = [&](Type type) {
    layout.columns.push_back({Scope::Item, type.withNullable()});
    return static_cast<uint32_t>(layout.columns.size() - 1);
  };
  uint32_t clicks = field(Type::int64());
  uint32_t hot = field(Type::boolean());
  uint32_t names = field(Type::list(Type::string()));
  uint32_t many = field(Type::list(Type::int64()));
  layout.reads = {{0, 0, 2, Scope::Item, {0}, false, {{0, clicks}, {2, hot}}},
                  {0, 0, 2, Scope::Item, {1}, true, {{1, names}, {0, many}}}};
  auto run = [=, &shown](ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) {
    if (phase != 2 || scope != Scope::Item) return;
    const std::vector<ColumnRef>& c = shard.call->columns;
    auto n = static_cast<uint32_t>(end - begin);
    emitColumn(shard, info.outputs[0], 0, rowsFrom<int64_t>(c[clicks], begin), begin, n);
    emitColumn(shard, info.outputs[1], 1, rowsFrom<List<int64_t>>(c[many], begin), begin, n);
    for (int64_t i = begin; i < end; ++i) {
      auto row = static_cast<uint64_t>(i);
      shown.push_back(toString(loadCell(c[hot], Type::boolean(), row)) + " " +
                      toString(loadCell(c[names], Type::list(Type::string()), row)));
    }
  };
  return {info, std::make_shared<HandWritten>(layout, run), std::move(stores)};
}

struct ReadRows {
  std::vector<int64_t> items = {1, 2, 9, 1, 0};
  std::vector<int64_t> listed = {3, 1, 9, 1};
  std::vector<int32_t> offsets = {0, 3, 3, 4, 4, 4};
  uint8_t itemBits[1] = {0b01111};
  uint8_t listBits[1] = {0b10111};
  int64_t itemOffsets[2] = {0, 5};
  ColumnData child = numbers(listed);
  ColumnData list;
  std::vector<ColumnData> columns;
  Batch batch;
  ReadRows() {
    list.length = 5;
    list.offsets = offsets.data();
    list.validity = listBits;
    list.children[0] = &child;
    columns = {numbers(items, itemBits), list};
    batch = {1, 5, itemOffsets, columns};
  }
  ReadRows(const ReadRows&) = delete;
};

}  // namespace

TEST_CASE("reads of one source and level are one fetch of distinct keys", "[reads]") {
  for (bool async : {false, true}) {
    auto spy = std::make_shared<Spy>(statsStore(), async);
    std::vector<std::string> shown;
    StoreBinding stores;
    stores.fallback = spy;
    Extractor extractor = readExtractor(stores, shown);
    Scratch scratch(extractor);
    ReadRows rows;
    Result result;
    for (int call = 0; call < 3; ++call) {
      shown.clear();
      REQUIRE(!extractor.run(rows.batch, scratch, result));
      CHECK(spy->fetches.back() == std::vector<std::string>{"stats:1", "stats:2", "stats:9", "stats:3"});
      using Ids = std::vector<uint64_t>;
      Ids clicks(result.output(0).ids.begin(), result.output(0).ids.begin() + 5);
      CHECK(clicks == Ids{id(1, 10), id(1, 20), 0, id(1, 10), 0});
      CHECK(toVector(result.output(1).ids) == Ids{0, id(2, 10), 0, id(2, 10)});
      CHECK(toVector(result.output(1).offsets) == std::vector<int64_t>{0, 3, 3, 4, 4, 4});
      CHECK(shown == std::vector<std::string>{R"(true ["three", "one", missing])", "missing []", R"(missing ["one"])",
                                              "true missing", "missing []"});
      CHECK(result.reads() == ReadCounts{4, 3, 1, 0, 0, 0});
    }
    CHECK(spy->fetches.size() == 3);
  }
}

TEST_CASE("a source without a store and a failed store read nothing", "[reads]") {
  struct Broken : Store {
    void fetch(const FetchRequest&, Done done) override { done({}); }
  };
  for (bool bound : {false, true}) {
    std::vector<std::string> shown;
    StoreBinding stores;
    if (bound) stores.bySource["stats"] = std::make_shared<Broken>();
    Extractor extractor = readExtractor(stores, shown);
    Scratch scratch(extractor);
    ReadRows rows;
    Result result;
    REQUIRE(!extractor.run(rows.batch, scratch, result));
    CHECK(result.output(0).ids[0] == 0);
    CHECK(result.reads() == (bound ? ReadCounts{4, 0, 0, 4, 0, 0} : ReadCounts{4, 0, 4, 0, 0, 0}));
    CHECK(shown[0] == "missing [missing, missing, missing]");
  }
}

TEST_CASE("rows that find no memory while a read is on its way disturb no other row's answer", "[reads]") {
  // Keys are lists that phase 0 makes; phase 1 keeps a list of each item, and item 3 needs more than there is.
  ProgramInfo info;
  info.inputs = {{Scope::Item, "item", Type::int64()}};
  info.sources = {kStats};
  info.outputs = {sequence("many", 1, 10)};
  ProgramLayout layout = inputsOf(info);
  layout.phases = 3;
  layout.columns.push_back({Scope::Item, Type::list(Type::int64()), 0});
  layout.columns.push_back({Scope::Item, Type::list(Type::int64()).withNullable(), 1});
  layout.columns.push_back({Scope::Item, Type::list(Type::int64()).withNullable()});
  constexpr size_t kKey = 1;
  constexpr size_t kKept = 2;
  constexpr size_t kMany = 3;
  layout.reads = {{0, 0, 2, Scope::Item, {kKey}, true, {{0, kMany}}}};
  std::vector<std::string> kept;
  auto run = [&](ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) {
    if (scope != Scope::Item) return;
    const std::vector<ColumnRef>& c = shard.call->columns;
    if (phase == 2) {
      emitColumn(shard, info.outputs[0], 0, rowsFrom<List<int64_t>>(c[kMany], begin), begin,
                 static_cast<uint32_t>(end - begin));
      for (int64_t i = begin; i < end; ++i)
        kept.push_back(toString(loadCell(c[kKept], layout.columns[kKept].type, static_cast<uint64_t>(i))));
      return;
    }
    auto* cells = static_cast<List<int64_t>*>(c[phase == 0 ? kKey : kKept].data);
    for (int64_t i = begin; i < end; ++i) {
      auto* value = shard.arena->allocate<int64_t>(1);
      if (value == nullptr || (phase == 1 && i == 3 && shard.arena->allocate<char>(1 << 20) == nullptr))
        shard.call->itemStatus[i] = RowStatus::OutOfMemory;
      if (value != nullptr) *value = phase == 0 ? 1 + i % 2 : i;
      cells[i] = {value, nullptr, value == nullptr ? uint64_t{0} : 1};
      if (phase == 1) setBit(c[kKept].valid, static_cast<uint64_t>(i), true);
    }
  };
  RunLimits limits;
  limits.arenaBytes = 64 << 10;
  StoreBinding stores;
  stores.fallback = statsStore();
  Extractor extractor(info, std::make_shared<HandWritten>(layout, run), stores, limits);
  std::vector<int64_t> items(20);
  std::vector<ColumnData> columns = {numbers(items)};
  int64_t itemOffsets[2] = {0, 20};
  for (Scheduler scheduler : {Scheduler::Staged, Scheduler::Pipelined}) {
    Scratch scratch(extractor);
    Result result;
    CallOptions options;
    options.scheduler = scheduler;
    options.shardItems = 16;
    kept.clear();
    REQUIRE(!extractor.run({1, 20, itemOffsets, columns}, scratch, result, options));
    CHECK(result.reads() == ReadCounts{2, 2, 0, 0, 0, 0});
    for (int64_t i = 0; i < 20; ++i) {
      bool lost = i < 8;
      CHECK(result.status(i) == (lost ? RowStatus::OutOfMemory : RowStatus::Ok));
      CHECK(kept[static_cast<size_t>(i)] == (lost ? "missing" : "[" + std::to_string(i) + "]"));
      if (lost) continue;
      auto row = static_cast<size_t>(result.row(result.output(0), i));
      auto first = static_cast<size_t>(result.output(0).offsets[row]);
      CHECK(result.output(0).offsets[row + 1] == static_cast<int64_t>(first) + 1);
      CHECK(result.output(0).ids[first] == id(1, i % 2 == 0 ? 10 : 20));
    }
  }
}

TEST_CASE("rows that find no memory ask stores for nothing", "[reads]") {
  // Item 3 needs more than there is in the phase that makes the keys: items 0 to 7 have key 2, the others key 1.
  ProgramInfo info;
  info.inputs = {{Scope::Item, "item", Type::int64()}};
  info.sources = {kStats};
  ProgramLayout layout = inputsOf(info);
  layout.phases = 3;
  SECTION("with those beside them, where rows keep something") {
    layout.columns.push_back({Scope::Item, Type::list(Type::int64()), 0});
  }
  SECTION("alone, where only a constant is kept") {
    layout.columns.push_back({Scope::Item, Type::list(Type::int64()), layout.phases});
  }
  bool keeps = layout.columns.back().phase == 0;
  layout.columns.push_back({Scope::Item, Type::int64().withNullable()});
  layout.reads = {{0, 0, 2, Scope::Item, {0}, false, {{0, 2}}}};
  auto run = [](ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) {
    if (scope != Scope::Item || phase != 0) return;
    for (int64_t i = begin; i < end; ++i)
      if (i == 3 && shard.arena->allocate<char>(1 << 20) == nullptr) shard.call->itemStatus[i] = RowStatus::OutOfMemory;
  };
  RunLimits limits;
  limits.arenaBytes = 64 << 10;
  StoreBinding stores;
  stores.fallback = statsStore();
  Extractor extractor(info, std::make_shared<HandWritten>(layout, run), stores, limits);
  std::vector<int64_t> items(20, 1);
  std::fill_n(items.begin(), 8, 2);
  if (!keeps) items[3] = 3;
  std::vector<ColumnData> columns = {numbers(items)};
  int64_t itemOffsets[2] = {0, 20};
  Scratch scratch(extractor);
  Result result;
  REQUIRE(!extractor.run({1, 20, itemOffsets, columns}, scratch, result));
  uint64_t asked = keeps ? 1 : 2;
  CHECK(result.reads() == ReadCounts{asked, asked, 0, 0, 0, 0});
  for (int64_t i = 0; i < 20; ++i)
    CHECK(result.status(i) == (i == 3 || (keeps && i < 8) ? RowStatus::OutOfMemory : RowStatus::Ok));
}
