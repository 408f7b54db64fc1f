// SPDX-License-Identifier: Apache-2.0
// The three schedulers side by side on a Redis whose answers have a long tail: latency, CPU time, round trips.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <mutex>
#include <thread>

#include "bench/clocks.h"
#include "bench/families.h"
#include "bench/reads_config.h"
#include "bench/reads_stores.h"
#include "bench/slow_store.h"
#include "runtime/seda/seda_executor.h"
#include "stores/hedge_store.h"
#include "tests/common/compare.h"

namespace featc::bench {

namespace {

using std::chrono::microseconds;

constexpr auto kNever = std::chrono::steady_clock::time_point::max();
constexpr size_t kShardItems = 24;
// Each waits for its answer before it asks again; most of the time all of them wait.
constexpr size_t kCallers = 4;

struct Setting {
  SlowPart part;
  bool hedged;

  std::string name() const {
    std::string what = part == SlowPart::Key ? "slow keys" : "slow round trips";
    return hedged ? what + ", hedge=p95" : what;
  }
};

// A scheduler with a store stack of its own, so that what a second read learns is of its own reads.
struct Side {
  std::string name;
  std::shared_ptr<SlowStore> store;
  std::shared_ptr<const Extractor> extractor;
  // Calls one after the other; the time of each.
  std::function<void(size_t first, size_t calls, std::vector<double>& seconds)> callMany;
  Samples seconds;
  double cpu = 0;
  uint64_t trips = 0;
  uint64_t keys = 0;
};

Side makeSide(const std::string& name, const ReadsSubject& subject, const ReadsStores& stores, Setting setting) {
  Side side;
  side.name = name;
  microseconds median(setting.part == SlowPart::Key ? 200 : 1000);
  side.store = std::make_shared<SlowStore>(stores.redis("&breaker=off"), setting.part, median);
  std::shared_ptr<Store> store = side.store;
  if (setting.hedged) store = std::make_shared<HedgeStore>(std::move(store), 95);
  side.extractor = subject.with(std::move(store));
  return side;
}

void callWith(Side& side, const Requests& requests, const CallOptions& options) {
  side.callMany = [&side, &requests, options](size_t first, size_t calls, std::vector<double>& seconds) {
    Scratch scratch(*side.extractor);
    Result result;
    for (size_t i = first; i < first + calls; ++i) {
      Stopwatch watch(CLOCK_MONOTONIC);
      if (Error error = side.extractor->run(requests[i], scratch, result, options)) throw Broken(error.message);
      seconds.push_back(watch.seconds());
    }
  };
}

void callSeda(Side& side, const Requests& requests, SedaExecutor& executor) {
  side.callMany = [&](size_t first, size_t calls, std::vector<double>& seconds) {
    for (size_t i = first; i < first + calls; ++i) {
      Stopwatch watch(CLOCK_MONOTONIC);
      if (Error error = executor.submit(requests[i], kNever).get().error) throw Broken(error.message);
      seconds.push_back(watch.seconds());
    }
  };
}

void measureRound(Side& side, size_t first, size_t calls) {
  uint64_t trips = side.store->roundTrips();
  uint64_t keys = side.store->keys();
  Stopwatch cpu(CLOCK_PROCESS_CPUTIME_ID);
  std::vector<std::vector<double>> took(kCallers);
  std::vector<std::thread> callers;
  for (size_t c = 0; c < kCallers; ++c)
    callers.emplace_back([&, c] { side.callMany(first + c * calls, calls, took[c]); });
  for (std::thread& caller : callers) caller.join();
  side.cpu += cpu.seconds();
  side.trips += side.store->roundTrips() - trips;
  side.keys += side.store->keys() - keys;
  for (const auto& part : took) side.seconds.values.insert(side.seconds.values.end(), part.begin(), part.end());
}

void sideBySide(Suite& suite, const ReadsSubject& subject, const ReadsStores& stores, Setting setting) {
  Requests requests(subject.config.optimized.info());
  std::vector<Side> sides;
  for (const char* name : {"staged", "pipelined", "pipelined, 24 items a shard", "seda"})
    sides.push_back(makeSide(name, subject, stores, setting));
  SedaExecutor executor(*sides[3].extractor);
  CallOptions pipelined;
  pipelined.scheduler = Scheduler::Pipelined;
  callWith(sides[0], requests, {});
  callWith(sides[1], requests, pipelined);
  pipelined.shardItems = kShardItems;
  callWith(sides[2], requests, pipelined);
  callSeda(sides[3], requests, executor);

  size_t rounds = suite.quick() ? 5 : 25;
  constexpr size_t kCalls = 20;  // a caller and round
  for (Side& side : sides) measureRound(side, 0, kCalls);
  for (Side& side : sides) side.seconds = {}, side.cpu = 0, side.trips = side.keys = 0;
  for (size_t r = 0; r < rounds; ++r)
    for (Side& side : sides) measureRound(side, r * kCalls, kCalls);

  std::vector<std::vector<std::string>> rows{{"", "p50 ms", "p99 ms", "CPU ms", "round trips", "keys"}};
  std::vector<double> p99;
  for (Side& side : sides) {
    for (double& s : side.seconds.values) s *= 1e3;
    auto n = static_cast<double>(side.seconds.values.size());
    p99.push_back(quantile(side.seconds.values, 0.99));
    rows.push_back({side.name, fmt::format("{:.2f}", side.seconds.median()), fmt::format("{:.2f}", p99.back()),
                    fmt::format("{:.3f}", side.cpu / n * 1e3),
                    fmt::format("{:.1f}", static_cast<double>(side.trips) / n),
                    fmt::format("{:.1f}", static_cast<double>(side.keys) / n)});
    suite.keep(fmt::format("reads/{}/{}", setting.name(), side.name), "ms", side.seconds);
  }
  suite.table(fmt::format("a request of {} items, {} sources on two levels, Redis behind {} (p99 = 20 x median)",
                          kReadsItems, kReadsSources, setting.name()),
              rows);
  const char* why = "each round trip meets the tail anew, and pipelined makes more of them";
  if (setting.part == SlowPart::Key)
    why = setting.hedged ? "a small fetch that is late is soon known to be late"
                         : "0.90 is what such a tail lets shards of 24 gain";
  suite.atMost(fmt::format("reads, {}, p99 of pipelined to staged", setting.name()), p99[2] / p99[0], 0.8, "times",
               why);
  if (setting.part == SlowPart::Key || setting.hedged) return;
  auto calls = static_cast<double>(sides[0].seconds.values.size());
  auto a = [&](uint64_t count) { return static_cast<double>(count) / calls; };
  // user and dish on the first level, shop on the second; the requests are a shard too.
  double shards = std::ceil(kReadsItems / static_cast<double>(kShardItems)) + 1;
  suite.atMost("reads, round trips of a staged request", a(sides[0].trips), kReadsSources, "trips");
  suite.atMost("reads, round trips of a pipelined request", a(sides[2].trips), 2 * shards, "trips");
  suite.atMost("reads, keys that pipelined asks for beside staged", a(sides[2].keys) - a(sides[0].keys), 0, "keys");
}

// Every scheduler on every store, against staged calls on rows in memory.
void sameResults(Suite& suite, const ReadsSubject& subject, const ReadsStores& stores) {
  Requests requests(subject.config.optimized.info());
  std::vector<Result> wanted(requests.batches.size());
  std::shared_ptr<const Extractor> first = subject.with(subject.rows);
  Scratch firstScratch(*first);
  for (size_t i = 0; i < wanted.size(); ++i)
    if (Error error = first->run(requests[i], firstScratch, wanted[i])) throw Broken(error.message);
  size_t compared = 0;
  double differ = 0;
  for (const std::shared_ptr<Store>& store : {subject.rows, stores.lmdb(), stores.redis("&timeout=20s")}) {
    std::shared_ptr<const Extractor> extractor = subject.with(store);
    SedaExecutor executor(*extractor);
    Scratch scratch(*extractor);
    std::vector<std::future<SedaExecutor::Answer>> answers;
    for (size_t i = 0; i < wanted.size(); ++i) answers.push_back(executor.submit(requests[i], kNever));
    for (size_t i = 0; i < wanted.size(); ++i) {
      CallOptions pipelined;
      pipelined.scheduler = Scheduler::Pipelined;
      pipelined.shardItems = kShardItems;
      SedaExecutor::Answer answer = answers[i].get();
      Result result;
      bool same = !answer.error && difference(wanted[i], answer.result) == std::nullopt;
      for (const CallOptions& options : {CallOptions(), pipelined})
        same = same && !extractor->run(requests[i], scratch, result, options) &&
               difference(wanted[i], result) == std::nullopt;
      differ += same ? 0 : 1;
      compared += 3;
    }
  }
  suite.atMost("reads, results that differ between schedulers and stores", differ, 0, "results",
               fmt::format("of {}: staged, pipelined, seda x memory, LMDB, Redis", compared));
  if (differ > 0) throw Broken("a scheduler or a store gives another result");
}

}  // namespace

void benchReads(Suite& suite) {
  ReadsSubject subject;
  ReadsStores stores(subject);
  sameResults(suite, subject, stores);
  for (SlowPart part : {SlowPart::Key, SlowPart::RoundTrip})
    for (bool hedged : {false, true}) sideBySide(suite, subject, stores, {part, hedged});
}

}  // namespace featc::bench
