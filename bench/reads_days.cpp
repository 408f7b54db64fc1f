// SPDX-License-Identifier: Apache-2.0
// Requests with a deadline on days when stores are slow, silent or broken: how many answers are late.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <thread>

#include "bench/families.h"
#include "bench/reads_config.h"
#include "bench/slow_store.h"
#include "runtime/serving/seda_executor.h"

namespace featc::bench {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

// Never answers, and lets go of what it was asked when it ends.
struct SilentStore : Store {
  void fetch(const FetchRequest&, Done done) override {
    std::lock_guard lock(mutex);
    asked.push_back(std::move(done));
    // The caller has stopped waiting for the oldest long ago.
    if (asked.size() > 4096) asked.pop_front();
  }
  std::mutex mutex;
  std::deque<Done> asked;
};

struct FailingStore : Store {
  void fetch(const FetchRequest&, Done done) override { done({}); }
};

void badDay(Suite& suite, const ReadsSubject& subject, const std::string& name, std::shared_ptr<Store> store) {
  constexpr auto kDeadline = std::chrono::milliseconds(50);
  constexpr auto kAllowed = std::chrono::milliseconds(5);
  std::shared_ptr<const Extractor> extractor = subject.with(std::move(store));
  Requests requests(extractor->info());
  size_t total = suite.quick() ? 1'000 : 10'000;
  std::atomic<size_t> late = 0;
  std::atomic<size_t> failed = 0;
  {
    SedaExecutor executor(*extractor);
    for (size_t i = 0; i < total; ++i) {
      Clock::time_point deadline = Clock::now() + kDeadline;
      RunError refused = executor.submit(requests[i], deadline, [&, deadline](const RunError& error, Result&) {
        if (error) ++failed;
        if (Clock::now() > deadline + kAllowed) ++late;
      });
      if (refused) ++failed;
      std::this_thread::sleep_for(microseconds(1000));
    }
    executor.drain();
  }
  suite.atMost(fmt::format("reads, {}: answers later than the deadline + 5 ms", name), static_cast<double>(late), 0,
               fmt::format("of {}", total), fmt::format("{} of them with an error", failed.load()));
}

}  // namespace

void benchBadDays(Suite& suite) {
  ReadsSubject subject;
  badDay(suite, subject, "slow store",
         std::make_shared<SlowStore>(subject.rows, SlowPart::RoundTrip, microseconds(5000)));
  badDay(suite, subject, "silent store", std::make_shared<SilentStore>());
  badDay(suite, subject, "failing store", std::make_shared<FailingStore>());
}

}  // namespace featc::bench
