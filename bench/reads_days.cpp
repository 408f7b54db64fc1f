// SPDX-License-Identifier: Apache-2.0
// Requests with a deadline on days when a Redis is down, silent, slow, full of rubbish or asked for too much: how many
// answers come later than their deadline + 5 ms.
#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <functional>
#include <thread>

#include "bench/data.h"
#include "bench/families.h"
#include "bench/reads_config.h"
#include "bench/reads_stores.h"
#include "bench/slow_store.h"
#include "engine/compile_pool.h"
#include "engine/live_config.h"
#include "runtime/seda/seda_executor.h"

namespace featc::bench {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr auto kTime = milliseconds(50);
constexpr auto kAllowed = milliseconds(5);
constexpr auto kPace = microseconds(1250);  // between requests
constexpr size_t kCallers = 64;             // of the schedulers that make their callers wait
constexpr size_t kLargeEach = 500;          // one request of so many is the large one
constexpr uint32_t kLargeItems = 100'000;

struct Question {
  const Batch* batch;
  milliseconds time;
};
using Questions = std::function<Question(size_t)>;

double milliseconds_(Clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

void raise(std::atomic<int64_t>& most, int64_t value) {
  for (int64_t now = most; now < value && !most.compare_exchange_weak(now, value);) {
  }
}

// What became of the requests of a day.
struct Tally {
  std::atomic<size_t> answers = 0;
  std::atomic<size_t> late = 0;
  std::atomic<size_t> errors = 0;
  std::atomic<size_t> degraded = 0;
  std::atomic<int64_t> worst = INT64_MIN;    // ticks after the deadline
  std::atomic<int64_t> backSince = 0;        // when the store came back; 0: an answer has been whole since
  std::atomic<int64_t> longestRecovery = 0;  // ticks

  void answered(Clock::time_point deadline, const Error& error, const Result& result) {
    Clock::time_point now = Clock::now();
    raise(worst, (now - deadline).count());
    if (now > deadline + kAllowed) ++late;
    ++answers;
    if (error) {
      ++errors;
      return;
    }
    ReadCounts reads = result.reads();
    if (reads.degraded()) {
      ++degraded;
    } else if (int64_t since = reads.found == 0 ? 0 : backSince.exchange(0); since != 0) {
      raise(longestRecovery, now.time_since_epoch().count() - since);
    }
  }
  void back() { backSince = Clock::now().time_since_epoch().count(); }
};

// A thread that only sleeps, a millisecond at a time: how often the machine alone is late by as much.
class Sleeper {
 public:
  Sleeper() : thread_([this] { watch(); }) {}
  ~Sleeper() {
    stop_ = true;
    thread_.join();
  }
  size_t late() const { return late_; }
  double worst() const { return milliseconds_(Clock::duration(worst_)); }

 private:
  void watch() {
    while (!stop_) {
      Clock::time_point due = Clock::now() + milliseconds(1);
      std::this_thread::sleep_until(due);
      Clock::duration late = Clock::now() - due;
      raise(worst_, late.count());
      if (late > kAllowed) ++late_;
    }
  }
  std::atomic<bool> stop_ = false;
  std::atomic<size_t> late_ = 0;
  std::atomic<int64_t> worst_ = 0;
  std::thread thread_;
};

// -- Ways to serve ------------------------------------------------------------------------------------

void serveSeda(const Extractor& extractor, const Questions& questions, size_t total, Tally& tally) {
  SedaExecutor executor(extractor);
  Clock::time_point next = Clock::now();
  for (size_t i = 0; i < total; ++i, next += kPace) {
    std::this_thread::sleep_until(next);
    Question question = questions(i);
    Clock::time_point deadline = Clock::now() + question.time;
    Error refused = executor.submit(*question.batch, deadline, [&, deadline](const Error& error, Result& result) {
      tally.answered(deadline, error, result);
    });
    if (refused) tally.answered(deadline, refused, {});
  }
  executor.drain();
}

// A thousand requests at once, and then the executor is told to stop.
void serveAndStop(const Extractor& extractor, const Questions& questions, size_t total, Tally& tally) {
  constexpr size_t kInFlight = 1000;
  for (size_t i = 0; i < total;) {
    SedaExecutor executor(extractor);
    for (size_t end = std::min(i + kInFlight, total); i < end; ++i) {
      Question question = questions(i);
      Clock::time_point deadline = Clock::now() + question.time;
      Error refused = executor.submit(*question.batch, deadline, [&, deadline](const Error& error, Result& result) {
        tally.answered(deadline, error, result);
      });
      if (refused) tally.answered(deadline, refused, {});
    }
    if (i / kInFlight % 2 == 0)
      executor.drain();
    else
      executor.cancel();
  }
}

// Calls one batch; made for each caller.
using Call = std::function<void(const Batch& batch, const CallOptions& options, Tally& tally)>;

void serveThreads(const std::function<Call()>& newCall, Scheduler scheduler, const Questions& questions, size_t total,
                  Tally& tally) {
  std::vector<std::thread> callers;
  Clock::time_point start = Clock::now();
  for (size_t c = 0; c < kCallers; ++c) {
    callers.emplace_back([&, c] {
      Call call = newCall();
      CallOptions options;
      options.scheduler = scheduler;
      for (size_t i = c; i < total; i += kCallers) {
        std::this_thread::sleep_until(start + i * kPace);
        Question question = questions(i);
        options.deadline = Clock::now() + question.time;
        call(*question.batch, options, tally);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

Call callsOf(const Extractor& extractor) {
  auto room = std::make_shared<CallRoom>(extractor);
  return [&extractor, room](const Batch& batch, const CallOptions& options, Tally& tally) {
    Error error = extractor.run(batch, room->scratch, room->result, options);
    tally.answered(options.deadline, error, room->result);
  };
}

Call callsOf(const LiveConfig& live) {
  return [&live](const Batch& batch, const CallOptions& options, Tally& tally) {
    LiveCall call = live.begin();
    auto& room = call.memory<CallRoom>();
    Error error = call.extractor().run(batch, room.scratch, room.result, options);
    tally.answered(options.deadline, error, room.result);
  };
}

// -- Days ---------------------------------------------------------------------------------------------

struct Day {
  std::string name = {};
  const Extractor* extractor = nullptr;
  const LiveConfig* live = nullptr;  // instead
  // Runs beside the requests until it is told to stop.
  std::function<void(const std::atomic<bool>& stop, Tally& tally)> disturb = nullptr;
  bool hasLarge = false;
  bool stops = false;
};

// The most memory since the last look, in MB.
double peakMemory() {
  double most = 0;
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmHWM:" && status >> most) break;
  std::ofstream("/proc/self/clear_refs") << "5";
  return most / 1024;
}

void spend(Suite& suite, const Day& day) {
  const ProgramInfo& info = day.extractor->info();
  Requests requests(info);
  BatchBuilder large(info);
  if (day.hasLarge) fillReads(large, kLargeItems, kSeed, kLargeItems);
  Batch largeBatch = large.batch();
  Questions questions = [&](size_t i) -> Question {
    if (day.hasLarge && i % kLargeEach == kLargeEach / 2) return {&largeBatch, milliseconds(3000)};
    return {&requests[i], kTime};
  };
  size_t total = suite.answers();
  using Serve = std::function<void(Tally&)>;
  std::vector<std::pair<std::string, Serve>> ways;
  if (day.live != nullptr) {
    for (auto [name, scheduler] :
         {std::pair("staged", Scheduler::Staged), std::pair("pipelined", Scheduler::Pipelined)})
      ways.push_back({name, [&, scheduler = scheduler](Tally& t) {
                        serveThreads([&] { return callsOf(*day.live); }, scheduler, questions, total, t);
                      }});
  } else if (day.stops) {
    ways.push_back({"seda", [&](Tally& t) { serveAndStop(*day.extractor, questions, total, t); }});
  } else {
    ways.push_back({"seda", [&](Tally& t) { serveSeda(*day.extractor, questions, total, t); }});
    for (auto [name, scheduler] :
         {std::pair("staged", Scheduler::Staged), std::pair("pipelined", Scheduler::Pipelined)})
      ways.push_back({name, [&, scheduler = scheduler](Tally& t) {
                        serveThreads([&] { return callsOf(*day.extractor); }, scheduler, questions, total, t);
                      }});
  }
  std::vector<std::vector<std::string>> rows{
      {"", "answers", "late", "errors", "degraded", "worst ms", "back ms", "peak MB", "sleeper late", "worst ms"}};
  size_t late = 0;
  size_t answers = 0;
  for (const auto& [name, serve] : ways) {
    Tally tally;
    Sleeper sleeper;
    peakMemory();
    std::atomic<bool> stop = false;
    std::thread disturbing([&] {
      if (day.disturb) day.disturb(stop, tally);
    });
    serve(tally);
    stop = true;
    disturbing.join();
    late += tally.late;
    answers += tally.answers;
    rows.push_back({name, fmt::format("{}", tally.answers.load()), fmt::format("{}", tally.late.load()),
                    fmt::format("{}", tally.errors.load()), fmt::format("{}", tally.degraded.load()),
                    fmt::format("{:.1f}", milliseconds_(Clock::duration(tally.worst))),
                    fmt::format("{:.1f}", milliseconds_(Clock::duration(tally.longestRecovery))),
                    fmt::format("{:.0f}", peakMemory()), fmt::format("{}", sleeper.late()),
                    fmt::format("{:.1f}", sleeper.worst())});
  }
  suite.table(fmt::format("{}; deadline {} ms, late: {} ms after it", day.name, kTime.count(), kAllowed.count()), rows);
  suite.atMost(fmt::format("reads, {}: answers later than the deadline + 5 ms", day.name), static_cast<double>(late), 0,
               fmt::format("of {}", answers));
}

// Redis stands for another machine. Where the benchmark runs with a real-time priority it must not take the processors
// that answers need; before all other processes it shall have them.
void makeOrdinary(const ReadsStores& stores) {
  sched_param none{};
  sched_setscheduler(stores.server.pid(), SCHED_OTHER, &none);
  setpriority(PRIO_PROCESS, static_cast<id_t>(stores.server.pid()), -20);
}

// Kills Redis and starts it again, empty and then filled.
void killAndStart(ReadsStores& stores, const std::atomic<bool>& stop, Tally& tally) {
  while (!stop) {
    std::this_thread::sleep_for(milliseconds(700));
    stores.server.stop();
    std::this_thread::sleep_for(milliseconds(300));
    stores.server.start();
    makeOrdinary(stores);
    stores.fillRedis();
    tally.back();
  }
  std::this_thread::sleep_for(milliseconds(300));
}

// Redis accepts, and answers nothing, for a second of two.
void silence(ReadsStores& stores, const std::atomic<bool>& stop, Tally& tally) {
  while (!stop) {
    stores.server.pause();
    for (int i = 0; i < 10 && !stop; ++i) std::this_thread::sleep_for(milliseconds(100));
    stores.server.resume();
    tally.back();
    for (int i = 0; i < 10 && !stop; ++i) std::this_thread::sleep_for(milliseconds(100));
  }
}

// A tenth of the rows: texts that are not values, lists that are not JSON, another kind of value.
void spoil(const ReadsStores& stores) {
  stores.server.command(
      {"EVAL",
       "for i = 0, 4999, 30 do redis.call('HSET', 'dish:' .. i, 'clicks', 'x', 'shop', '{') "
       "redis.call('DEL', 'dish:' .. i + 10) redis.call('SET', 'dish:' .. i + 10, 'text') end "
       "for i = 0, 999, 10 do redis.call('HSET', 'user:' .. i, 'tastes', '[\"t1\", ', 'age', '1e99') end",
       "0"});
}

void putLargeValue(const ReadsStores& stores) {
  stores.server.command({"EVAL",
                         "local s = 'x' for i = 1, 26 do s = s .. s end redis.call('HSET', KEYS[1], 'category', s)",
                         "1", "dish:7"});
}

// Where the benchmark has a real-time priority, what this thread starts from now on has none.
void beOrdinary() {
  sched_param none{};
  sched_setscheduler(0, SCHED_OTHER, &none);
}

// A hundred versions for each scheduler one after the other, every tenth of them broken.
void reloadDay(Suite& suite, const ReadsSubject& subject, std::shared_ptr<Store> store) {
  test::TempFolder folder;
  std::string path = folder.path("reads.feat");
  auto write = [&](int version) {
    std::ofstream(path) << readsConfig() << "dense version = " << version << (version % 10 == 9 ? " +\n" : "\n");
  };
  // As Redis: before all other processes, but not before the answers.
  CompilePool pool(1, -10);
  LiveOptions options;
  options.load.engine.pool = &pool;
  options.load.bindStores = [&](const ProgramInfo&, StoreBinding& stores) {
    stores.fallback = store;
    return std::string();
  };
  write(0);
  std::shared_ptr<LiveConfig> live = LiveConfig::open(path, options);
  std::shared_ptr<const Extractor> first = subject.with(store);
  int version = 0;
  spend(suite, {.name = "100 reloads, every tenth broken",
                .extractor = first.get(),
                .live = live.get(),
                .disturb = [&](const auto& stop, Tally&) {
                  beOrdinary();
                  milliseconds apart(suite.answers() * kPace / 100 / milliseconds(1));
                  while (!stop) {
                    write(++version);
                    live->reload();
                    std::this_thread::sleep_for(apart);
                  }
                }});
  LiveStatus status = live->status();
  suite.atLeast("reads, versions that came to serve meanwhile", static_cast<double>(status.swaps), 90, "versions",
                fmt::format("{} broken ones did not", status.failures));
}

}  // namespace

void benchBadDays(Suite& suite) {
  ReadsSubject subject;
  ReadsStores stores(subject);
  makeOrdinary(stores);
  std::shared_ptr<const Extractor> redis = subject.with(stores.redis());
  std::shared_ptr<const Extractor> patient = subject.with(stores.redis("&breaker=off"));
  spend(suite, {.name = "Redis is killed and started again",
                .extractor = redis.get(),
                .disturb = [&](const auto& stop, Tally& tally) { killAndStart(stores, stop, tally); }});
  spend(suite, {.name = "Redis accepts and never answers",
                .extractor = patient.get(),
                .disturb = [&](const auto& stop, Tally& tally) { silence(stores, stop, tally); }});
  {
    std::shared_ptr<const Extractor> slow = subject.with(
        std::make_shared<SlowStore>(stores.redis("&breaker=off"), SlowPart::RoundTrip, microseconds(5000)));
    spend(suite, {.name = "answers take 5 ms, p99 100 ms", .extractor = slow.get()});
  }
  {
    ReadsSubject odd(kOddKeys);
    ReadsStores oddStores(odd);
    makeOrdinary(oddStores);
    std::shared_ptr<const Extractor> extractor = odd.with(oddStores.redis());
    spend(suite, {.name = "keys with spaces, NUL and non-ASCII bytes", .extractor = extractor.get()});
  }
  spend(suite, {.name = "a request for 100,000 keys now and then", .extractor = redis.get(), .hasLarge = true});
  spend(suite, {.name = "told to stop with 1,000 requests in flight", .extractor = redis.get(), .stops = true});
  reloadDay(suite, subject, stores.redis());
  putLargeValue(stores);
  spend(suite, {.name = "a value of 64 MB", .extractor = redis.get()});
  stores.fillRedis();
  spoil(stores);
  spend(suite, {.name = "values of the wrong type and broken JSON", .extractor = redis.get()});
}

}  // namespace featc::bench
