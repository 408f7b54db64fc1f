// SPDX-License-Identifier: Apache-2.0
// What reads through the runtime cost beside plain hiredis that reads the same keys from the same Redis.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <future>

#include "bench/clocks.h"
#include "bench/families.h"
#include "bench/program.h"
#include "bench/reads_config.h"
#include "bench/reads_raw.h"
#include "bench/reads_stores.h"

namespace featc::bench {

namespace {

// What one request asks for: first of user and dish, then of shop.
struct Asked {
  std::vector<std::string> keys[kReadsSources];
};

// Passes questions on and writes down what is asked.
class ListeningStore final : public Store {
 public:
  explicit ListeningStore(std::shared_ptr<Store> behind) : behind_(std::move(behind)) {}
  void fetch(const FetchRequest& request, Done done) override {
    const std::vector<std::string> sources = {"user", "dish", "shop"};
    auto at = std::ranges::find(sources, request.source->name) - sources.begin();
    asked.keys[at].assign(request.keys.begin(), request.keys.end());
    behind_->fetch(request, std::move(done));
  }
  Asked asked;

 private:
  std::shared_ptr<Store> behind_;
};

std::vector<Asked> askedBy(const ReadsSubject& subject, const Requests& requests) {
  auto store = std::make_shared<ListeningStore>(subject.rows);
  Program program(subject.with(store));
  std::vector<Asked> all;
  for (const Batch& batch : requests.batches) {
    program.run(batch);
    all.push_back(store->asked);
  }
  return all;
}

struct Cost {
  std::string name;
  std::function<void(size_t)> call;
  Samples wall;  // ms a request
  Samples cpu;
};

void fetchAll(Store& store, const std::vector<SourceInfo>& sources, const Asked& asked,
              std::initializer_list<size_t> which) {
  static const std::vector<uint32_t> kFields = {0, 1, 2};
  std::vector<std::future<FetchResult>> answers;
  for (size_t s : which) {
    auto answer = std::make_shared<std::promise<FetchResult>>();
    answers.push_back(answer->get_future());
    store.fetch({&sources[s], asked.keys[s], kFields},
                [answer](FetchResult result) { answer->set_value(std::move(result)); });
  }
  for (auto& answer : answers)
    if (std::ranges::count(answer.get().status, KeyStatus::Found) == 0) throw Broken("Redis has no rows");
}

}  // namespace

void benchReadsOverhead(Suite& suite) {
  ReadsSubject subject;
  ReadsStores stores(subject);
  const std::vector<SourceInfo>& sources = subject.config.optimized.info().sources;
  Requests requests(subject.config.optimized.info());
  std::vector<Asked> asked = askedBy(subject, requests);
  RawRedis raw(stores.socket(), 3);
  std::vector<RawColumn> columns;
  std::shared_ptr<Store> redis = stores.redis();
  Program onRedis(subject.with(redis));
  Program inMemory(subject.with(subject.rows));
  auto keysOf = [&](size_t i) -> const Asked& { return asked[i % asked.size()]; };

  std::vector<Cost> sides;
  sides.push_back({"plain hiredis",
                   [&](size_t i) {
                     const Asked& keys = keysOf(i);
                     raw.ask(sources[0], keys.keys[0]);
                     raw.ask(sources[1], keys.keys[1]);
                     raw.answers(sources[0], keys.keys[0].size(), columns);
                     raw.answers(sources[1], keys.keys[1].size(), columns);
                     raw.ask(sources[2], keys.keys[2]);
                     raw.answers(sources[2], keys.keys[2].size(), columns);
                     raw.forget();
                   },
                   {},
                   {}});
  sides.push_back({"the store",
                   [&](size_t i) {
                     fetchAll(*redis, sources, keysOf(i), {0, 1});
                     fetchAll(*redis, sources, keysOf(i), {2});
                   },
                   {},
                   {}});
  sides.push_back({"a staged call", [&](size_t i) { onRedis.run(requests[i]); }, {}, {}});
  sides.push_back({"the same, rows in memory", [&](size_t i) { inMemory.run(requests[i]); }, {}, {}});

  size_t rounds = suite.quick() ? 200 : 2000;
  for (size_t i = 0; i < rounds; ++i) {
    for (Cost& side : sides) {
      Stopwatch wall(CLOCK_MONOTONIC);
      Stopwatch cpu(CLOCK_PROCESS_CPUTIME_ID);
      side.call(i);
      side.cpu.values.push_back(cpu.seconds() * 1e3);
      side.wall.values.push_back(wall.seconds() * 1e3);
    }
  }
  std::vector<std::vector<std::string>> rows{{"", "CPU ms", "p50 ms", "p99 ms"}};
  for (const Cost& side : sides) {
    rows.push_back({side.name, fmt::format("{:.3f}", side.cpu.median()), fmt::format("{:.3f}", side.wall.median()),
                    fmt::format("{:.3f}", quantile(side.wall.values, 0.99))});
    suite.keep("reads/overhead/cpu/" + side.name, "ms", side.cpu);
    suite.keep("reads/overhead/wall/" + side.name, "ms", side.wall);
  }
  suite.table("a request's keys from Redis on two levels, no delay added", rows);
  auto over = [&](const Samples& ours, const Samples& theirs) { return 100 * (ours.median() / theirs.median() - 1); };
  suite.atMost("reads, CPU time of the store over plain hiredis", over(sides[1].cpu, sides[0].cpu), 15, "%");
  suite.atMost("reads, latency of the store over plain hiredis", over(sides[1].wall, sides[0].wall), 15, "%");
  double reading = sides[2].cpu.median() - sides[3].cpu.median();
  suite.atMost("reads, CPU time of a call, less that with rows in memory, over plain hiredis",
               100 * (reading / sides[0].cpu.median() - 1), 15, "%");
  reading = sides[2].wall.median() - sides[3].wall.median();
  suite.atMost("reads, latency of a call, less that with rows in memory, over plain hiredis",
               100 * (reading / sides[0].wall.median() - 1), 15, "%");
}

}  // namespace featc::bench
