// SPDX-License-Identifier: Apache-2.0
// A config with reads on two levels, requests for it, and a store whose answers a test lets go.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "data/json/json_reader.h"
#include "data/memory/memory_store.h"
#include "engine/compile.h"
#include "tests/common/compare.h"

namespace featc::test {

// Three sources; `maker` is keyed by what `shop` returned. `unused` is never read.
inline constexpr const char* kReadsConfig = R"(model reads
request { user : int64 }
item { id : int64?
  words : string }
source person(uid: int64) { key "p:{uid}" city : string
  unused : string
  likes : list<int64> }
source shop(sid: int64) { key "s:{sid}" owner : int64
  tags : list<string> }
source maker(mid: int64) { key "m:{mid}" score : float64
  name : string }
let me = person(user)
let s = shop(id)
let m = maker(s.owner)
let liked = shop(me.likes)
sparse city slot 1 = me.city
sparse tags slot 2 = s.tags
dense score default -1 = m.score
sparse both slot 3 = cross(me.city, m.name, split(words, " "))
sequence owners slot 4 length 5 = liked.owner
sparse words slot 5 = split(words, " ")
dense many default -2 = len(words) + m.score
)";

inline std::string readsRows() {
  std::string rows;
  for (int i = 0; i < 40; ++i) {
    std::string n = std::to_string(i);
    if (i < 12)
      rows += R"({"source": "person", "uid": )" + n + R"(, "city": "c)" + n + R"(", "likes": [1, )" + n + "]}\n";
    if (i % 7 != 6)
      rows += R"({"source": "shop", "sid": )" + n + R"(, "owner": )" + std::to_string(i / 3) + R"(, "tags": ["a", "t)" +
              n + "\"]}\n";
    if (i % 5 != 4)
      rows += R"({"source": "maker", "mid": )" + n + R"(, "score": )" + n + R"(.5, "name": "m)" + n + "\"}\n";
  }
  return rows;
}

// `requests` requests of `items` items each; ids repeat, some are missing.
inline std::string readsRequests(int requests, int items, int seed = 0) {
  std::string text;
  for (int r = 0; r < requests; ++r) {
    text += R"({"request": {"user": )" + std::to_string((seed + r) % 14) + R"(}, "items": [)";
    for (int i = 0; i < items; ++i) {
      std::string words = R"("words": "w)" + std::to_string(i % 3) + R"( x")";
      std::string id = i % 11 == 10 ? "" : R"("id": )" + std::to_string((seed + r * 5 + i) % 43) + ", ";
      text += (i == 0 ? "{" : ", {") + id + words + "}";
    }
    text += "]}\n";
  }
  return text;
}

// A batch that owns its memory.
class ReadsBatch {
 public:
  ReadsBatch(const ProgramInfo& info, const std::string& text) : builder_(info) {
    auto reader = newJsonReader(info, memorySource(text), "input", true, [](const DataMessage&) {});
    std::vector<InputRow> rows;
    reader->next(builder_, rows, INT64_MAX);
  }
  const Batch& batch() {
    batch_ = builder_.batch();
    return batch_;
  }

 private:
  BatchBuilder builder_;
  Batch batch_;
};

// Answers from memory when the test says so.
class HeldStore : public Store {
 public:
  struct Fetch {
    std::string source;
    std::vector<std::string> keys;
    std::vector<std::string> fields;
    std::function<void()> answer;  // empty once it has been given
  };

  explicit HeldStore(std::shared_ptr<Store> rows, bool hold = true) : rows_(std::move(rows)), hold_(hold) {}

  void fetch(const FetchRequest& request, Done done) override {
    Fetch fetch{request.source->name, {request.keys.begin(), request.keys.end()}, {}, {}};
    for (uint32_t f : request.fields) fetch.fields.push_back(request.source->fields[f].name);
    if (!hold_) rows_->fetch(request, done);
    std::lock_guard lock(mutex_);
    if (hold_) fetch.answer = [this, request, done = std::move(done)] { rows_->fetch(request, done); };
    fetches_.push_back(std::move(fetch));
    changed_.notify_all();
  }

  // Waits until there have been so many; false when that takes longer than any test should.
  bool waitFor(size_t fetches) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return fetches_.size() >= fetches; });
  }
  void answer(size_t index) {
    std::function<void()> give;
    {
      std::lock_guard lock(mutex_);
      give.swap(fetches_.at(index).answer);
    }
    if (give) give();
  }
  std::vector<Fetch> fetches() const {
    std::lock_guard lock(mutex_);
    return fetches_;
  }
  size_t count() const {
    std::lock_guard lock(mutex_);
    return fetches_.size();
  }

 private:
  std::shared_ptr<Store> rows_;
  bool hold_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Fetch> fetches_;
};

// The config compiled and bound.
struct ReadsProgram {
  CompiledConfig config = compileConfig("reads.feat", {}, kReadsConfig);
  std::shared_ptr<Store> rows;
  std::shared_ptr<HeldStore> store;
  std::shared_ptr<const Extractor> extractor;

  explicit ReadsProgram(bool hold) {
    StoreLoadReport report;
    rows = MemoryStore::parse(readsRows(), config.optimized.info().sources, report);
    store = std::make_shared<HeldStore>(rows, hold);
    extractor = bind(store);
  }
  std::shared_ptr<const Extractor> bind(std::shared_ptr<Store> to) const {
    EngineOptions options;
    options.engine = EngineKind::Interp;
    options.stores.fallback = std::move(to);
    return makeExtractor(config.optimized, options).extractor;
  }
};

inline CallOptions pipelined(int64_t shardItems) {
  CallOptions options;
  options.scheduler = Scheduler::Pipelined;
  options.shardItems = shardItems;
  return options;
}

}  // namespace featc::test
