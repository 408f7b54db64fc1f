// SPDX-License-Identifier: Apache-2.0
// Reads behind stores with a long tail: the three schedulers side by side.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <functional>
#include <thread>

#include "bench/families.h"
#include "bench/reads_config.h"
#include "bench/slow_store.h"
#include "runtime/serving/seda_executor.h"

namespace featc::bench {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr Clock::time_point kNever = Clock::time_point::max();

double seconds(Clock::duration d) { return std::chrono::duration<double>(d).count(); }

double processSeconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

double quantile(std::vector<double> values, double q) {
  auto at = values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

CallOptions pipelined() {
  CallOptions options;
  options.scheduler = Scheduler::Pipelined;
  options.shardItems = 24;
  return options;
}

// -- One caller ---------------------------------------------------------------------------------------

// What a caller meets who waits for each answer before the next request.
struct Latency {
  std::string name;
  std::function<void(const Batch&)> call;
  std::vector<double> seconds;
  double cpu = 0;
  uint64_t trips = 0;
  uint64_t keys = 0;
};

void timeLatencies(std::vector<Latency>& sides, const SlowStore& store, const Requests& requests, size_t calls) {
  for (size_t i = 0; i < calls; ++i) {
    for (Latency& side : sides) {
      uint64_t trips = store.roundTrips();
      uint64_t keys = store.keys();
      double cpu = processSeconds();
      Clock::time_point start = Clock::now();
      side.call(requests[i]);
      side.seconds.push_back(seconds(Clock::now() - start));
      side.cpu += processSeconds() - cpu;
      side.trips += store.roundTrips() - trips;
      side.keys += store.keys() - keys;
    }
  }
}

void latency(Suite& suite, const ReadsSubject& subject, SlowPart part) {
  const char* what = part == SlowPart::Key ? "slow keys" : "slow round trips";
  auto store = std::make_shared<SlowStore>(subject.rows, part, microseconds(part == SlowPart::Key ? 200 : 1000));
  std::shared_ptr<const Extractor> extractor = subject.with(store);
  Requests requests(extractor->info());
  Scratch scratch(*extractor);
  Result result;
  auto run = [&](const Batch& batch, const CallOptions& options) {
    if (RunError error = extractor->run(batch, scratch, result, options)) throw Broken(error.message);
  };
  SedaExecutor executor(*extractor);
  std::vector<Latency> sides;
  sides.push_back({"staged", [&](const Batch& b) { run(b, {}); }, {}});
  sides.push_back({"pipelined", [&](const Batch& b) { run(b, pipelined()); }, {}});
  sides.push_back({"seda",
                   [&](const Batch& b) {
                     if (RunError error = executor.submit(b, kNever).get().error) throw Broken(error.message);
                   },
                   {}});
  size_t calls = suite.quick() ? 150 : 1000;
  timeLatencies(sides, *store, requests, calls);

  std::vector<std::vector<std::string>> rows{{"", "p50 ms", "p99 ms", "CPU ms", "round trips", "keys"}};
  std::vector<double> p99;
  for (const Latency& side : sides) {
    auto n = static_cast<double>(calls);
    p99.push_back(quantile(side.seconds, 0.99));
    rows.push_back({side.name, fmt::format("{:.2f}", quantile(side.seconds, 0.5) * 1e3),
                    fmt::format("{:.2f}", p99.back() * 1e3), fmt::format("{:.3f}", side.cpu / n * 1e3),
                    fmt::format("{:.1f}", static_cast<double>(side.trips) / n),
                    fmt::format("{:.1f}", static_cast<double>(side.keys) / n)});
    Samples samples{side.seconds};
    for (double& s : samples.values) s *= 1e3;
    suite.keep(fmt::format("reads/{}/{}", what, side.name), "ms", samples);
  }
  suite.table(fmt::format("a request of {} items, {} sources on two levels, {} (p99 = 20 x median)", kReadsItems,
                          kReadsSources, what),
              rows);
  suite.atMost(
      fmt::format("reads, {}, p99 of pipelined to staged", what), p99[1] / p99[0], 0.8, "times",
      part == SlowPart::RoundTrip ? "each round trip meets the tail anew, and pipelined makes more of them" : "");
  if (part == SlowPart::Key) return;
  auto trips = [&](size_t side) { return static_cast<double>(sides[side].trips) / static_cast<double>(calls); };
  // user and dish on the first level, shop on the second.
  suite.atMost("reads, round trips of a staged request", trips(0), 3, "trips");
  suite.atMost("reads, round trips of a pipelined request", trips(1), 3 + 2 * (kReadsItems / 24.0 + 1), "trips");
  suite.atMost("reads, keys that pipelined asks for beside staged",
               static_cast<double>(sides[1].keys) - static_cast<double>(sides[0].keys), 0, "keys");
}

// -- Many callers -------------------------------------------------------------------------------------

struct Load {
  double rate = 0;  // answers a second
  double p99 = 0;   // seconds
  double cpu = 0;   // seconds a request
};

Load loadThreads(const Extractor& extractor, const Requests& requests, size_t threads, double time) {
  std::atomic<bool> stop = false;
  std::vector<std::vector<double>> took(threads);
  std::vector<std::thread> callers;
  double cpu = processSeconds();
  Clock::time_point begin = Clock::now();
  for (size_t t = 0; t < threads; ++t) {
    callers.emplace_back([&, t] {
      Scratch scratch(extractor);
      Result result;
      for (size_t i = t; !stop; i += threads) {
        Clock::time_point start = Clock::now();
        if (extractor.run(requests[i], scratch, result)) return;
        took[t].push_back(seconds(Clock::now() - start));
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(time));
  stop = true;
  for (std::thread& caller : callers) caller.join();
  double elapsed = seconds(Clock::now() - begin);
  std::vector<double> all;
  for (const auto& part : took) all.insert(all.end(), part.begin(), part.end());
  auto n = static_cast<double>(all.size());
  return {n / elapsed, quantile(all, 0.99), (processSeconds() - cpu) / n};
}

Load loadSeda(const Extractor& extractor, const Requests& requests, size_t inFlight, double time) {
  std::atomic<bool> stop = false;
  std::mutex mutex;
  std::vector<double> took;
  double cpu = processSeconds();
  Clock::time_point begin = Clock::now();
  {
    SedaExecutor executor(extractor);
    std::function<void(size_t)> ask = [&](size_t i) {
      Clock::time_point start = Clock::now();
      RunError refused = executor.submit(requests[i], kNever, [&, i, start](const RunError&, Result&) {
        {
          std::lock_guard lock(mutex);
          took.push_back(seconds(Clock::now() - start));
        }
        if (!stop) ask(i + inFlight);
      });
    };
    for (size_t i = 0; i < inFlight; ++i) ask(i);
    std::this_thread::sleep_for(std::chrono::duration<double>(time));
    stop = true;
    executor.drain();
  }
  auto n = static_cast<double>(took.size());
  return {n / seconds(Clock::now() - begin), quantile(took, 0.99), (processSeconds() - cpu) / n};
}

void rates(Suite& suite, const ReadsSubject& subject) {
  auto store = std::make_shared<SlowStore>(subject.rows, SlowPart::RoundTrip, microseconds(1000));
  std::shared_ptr<const Extractor> extractor = subject.with(store);
  Requests requests(extractor->info());
  double time = suite.quick() ? 0.7 : 3;
  std::vector<std::vector<std::string>> rows{
      {"requests in flight", "staged /s", "p99 ms", "CPU ms", "seda /s", "p99 ms", "CPU ms"}};
  std::vector<Load> staged;
  std::vector<Load> seda;
  for (size_t inFlight : {8, 16, 32, 64, 128, 256}) {
    staged.push_back(loadThreads(*extractor, requests, inFlight, time));
    seda.push_back(loadSeda(*extractor, requests, inFlight, time));
    std::vector<std::string> row{fmt::format("{}", inFlight)};
    for (const Load& load : {staged.back(), seda.back()}) {
      row.push_back(fmt::format("{:.0f}", load.rate));
      row.push_back(fmt::format("{:.1f}", load.p99 * 1e3));
      row.push_back(fmt::format("{:.3f}", load.cpu * 1e3));
    }
    rows.push_back(row);
  }
  suite.table("requests in flight: a thread each for staged, the stages' threads for seda", rows);
  // The best rate of each that keeps the tail below twice that of an idle server.
  double limit = 2 * staged[0].p99;
  auto best = [&](const std::vector<Load>& loads) {
    double rate = 0;
    for (const Load& load : loads)
      if (load.p99 <= limit) rate = std::max(rate, load.rate);
    return rate;
  };
  suite.atLeast(
      "reads, request rate of seda to staged at the same p99", best(seda) / best(staged), 1.3, "times",
      fmt::format("{:.0f} to {:.0f} a second with p99 within {:.0f} ms", best(seda), best(staged), limit * 1e3));
}

}  // namespace

void benchReads(Suite& suite) {
  ReadsSubject subject;
  latency(suite, subject, SlowPart::Key);
  latency(suite, subject, SlowPart::RoundTrip);
  rates(suite, subject);
}

}  // namespace featc::bench
