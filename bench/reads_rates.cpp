// SPDX-License-Identifier: Apache-2.0
// How many requests a second the schedulers sustain: requests arrive as they like (open loop, Poisson), the store's
// answers have a long tail, and the rate is raised until the p99 is no longer kept.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <random>
#include <thread>

#include "bench/clocks.h"
#include "bench/data.h"
#include "bench/families.h"
#include "bench/reads_config.h"
#include "bench/reads_stores.h"
#include "bench/slow_store.h"
#include "runtime/seda/seda_executor.h"

namespace featc::bench {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr auto kNever = Clock::time_point::max();
constexpr size_t kMostWaiting = 1024;  // as in the executor's queue

// Takes a request; `answered` is called once it has its answer. False: refused.
using Answered = std::function<void(const Error& error, const Result& result)>;
using Submit = std::function<bool(const Batch& batch, Answered answered)>;

// A server as one writes it first: threads that each take a request and see it through.
class ThreadPool {
 public:
  ThreadPool(const Extractor& extractor, size_t threads) {
    for (size_t t = 0; t < threads; ++t) threads_.emplace_back([this, &extractor] { serve(extractor); });
  }
  ~ThreadPool() {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  bool submit(const Batch& batch, Answered answered) {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMostWaiting) return false;
    waiting_.emplace_back(&batch, std::move(answered));
    changed_.notify_one();
    return true;
  }

 private:
  void serve(const Extractor& extractor) {
    Scratch scratch(extractor);
    Result result;
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      auto [batch, answered] = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      Error error = extractor.run(*batch, scratch, result);
      answered(error, result);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<const Batch*, Answered>> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

struct Load {
  double rate = 0;  // requests a second
  double p50 = 0;   // seconds, from the moment at which the request was to come
  double p99 = 0;
  double cpu = 0;     // seconds a request, without Redis
  bool whole = true;  // no request was refused, no read failed
};

Load offer(const Submit& submit, const Requests& requests, double rate, double seconds, uint64_t seed) {
  std::minstd_rand random(static_cast<uint32_t>(seed));
  std::exponential_distribution<double> gap(rate);
  auto count = static_cast<size_t>(rate * seconds);
  std::vector<double> took(count);
  std::atomic<size_t> answered = 0;
  std::atomic<size_t> broken = 0;
  Load load{rate, 0, 0, 0, true};
  Stopwatch cpu(CLOCK_PROCESS_CPUTIME_ID);
  Clock::time_point due = Clock::now();
  size_t sent = 0;
  for (; sent < count && load.whole; ++sent) {
    due += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(gap(random)));
    std::this_thread::sleep_until(due);
    load.whole = submit(requests[sent], [&, sent, due](const Error& error, const Result& result) {
      took[sent] = std::chrono::duration<double>(Clock::now() - due).count();
      if (error || result.reads().found != result.reads().keys) ++broken;
      ++answered;
    });
  }
  if (!load.whole) --sent;
  while (answered < sent) std::this_thread::sleep_for(microseconds(500));
  load.whole = load.whole && broken == 0;
  took.resize(sent);
  load.p50 = quantile(took, 0.5);
  load.p99 = quantile(took, 0.99);
  load.cpu = cpu.seconds() / static_cast<double>(std::max<size_t>(sent, 1));
  return load;
}

struct Server {
  std::string name;
  std::function<Load(double rate, uint64_t seed)> offer;
  std::vector<Load> best;  // a round
};

// The highest rate, to 5 %, whose p99 is within `limit`.
Load sustained(const Server& server, double limit, uint64_t seed) {
  auto holds = [&](const Load& load) { return load.whole && load.p99 <= limit; };
  Load best;
  double rate = 100;
  for (double factor = 2; factor > 1.05; factor = std::sqrt(factor)) {
    for (Load load; holds(load = server.offer(rate * factor, seed)); rate *= factor) best = load;
  }
  return best;
}

Load medianRate(std::vector<Load> loads) {
  std::ranges::nth_element(loads, loads.begin() + static_cast<std::ptrdiff_t>(loads.size() / 2), {}, &Load::rate);
  return loads[loads.size() / 2];
}

}  // namespace

void benchRates(Suite& suite) {
  ReadsSubject subject;
  ReadsStores stores(subject);
  Requests requests(subject.config.optimized.info());
  auto extractor =
      subject.with(std::make_shared<SlowStore>(stores.redis("&breaker=off"), SlowPart::RoundTrip, microseconds(1000)));
  double seconds = suite.quick() ? 0.7 : 1.2;

  // The executor with what it takes by default, its thread for deadlines counted.
  size_t executorThreads = std::max(2U, std::thread::hardware_concurrency()) + 1;
  std::vector<Server> servers;
  for (size_t threads : {executorThreads, size_t{16}, size_t{64}}) {
    servers.push_back({fmt::format("staged, {} threads", threads),
                       [&, threads](double rate, uint64_t seed) {
                         ThreadPool pool(*extractor, threads);
                         return offer([&](const Batch& b, auto done) { return pool.submit(b, std::move(done)); },
                                      requests, rate, seconds, seed);
                       },
                       {}});
  }
  servers.push_back({fmt::format("seda, {} threads", executorThreads),
                     [&](double rate, uint64_t seed) {
                       SedaExecutor executor(*extractor);
                       return offer(
                           [&](const Batch& b, auto done) { return !executor.submit(b, kNever, std::move(done)); },
                           requests, rate, seconds, seed);
                     },
                     {}});

  // Twice what a request takes that meets no other.
  double limit = 2 * servers[1].offer(50, kSeed).p99;
  size_t rounds = suite.quick() ? 1 : 3;
  for (size_t round = 0; round < rounds; ++round)
    for (Server& server : servers) server.best.push_back(sustained(server, limit, kSeed + round));

  std::vector<std::vector<std::string>> rows{{"", "requests /s", "p50 ms", "p99 ms", "CPU ms"}};
  std::vector<double> rates;
  for (const Server& server : servers) {
    Load best = medianRate(server.best);
    rates.push_back(best.rate);
    rows.push_back({server.name, fmt::format("{:.0f}", best.rate), fmt::format("{:.1f}", best.p50 * 1e3),
                    fmt::format("{:.1f}", best.p99 * 1e3), fmt::format("{:.3f}", best.cpu * 1e3)});
    Samples samples;
    for (const Load& load : server.best) samples.values.push_back(load.rate);
    suite.keep("reads/rates/" + server.name, "/s", samples);
  }
  suite.table(fmt::format("the highest rate with p99 within {:.0f} ms, Poisson arrivals, Redis behind slow round trips",
                          limit * 1e3),
              rows);
  suite.atLeast("reads, request rate of seda to staged at the same p99 and with as many threads", rates[3] / rates[0],
                1.3, "times");
  suite.atLeast("reads, request rate of seda to staged at the same p99, with as many threads as staged likes",
                rates[3] / std::max(rates[1], rates[2]), 1.3, "times");
}

}  // namespace featc::bench
