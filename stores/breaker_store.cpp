// SPDX-License-Identifier: Apache-2.0
// Opens and closes the breaker.
#include "stores/breaker_store.h"

#include <algorithm>

#include "stores/row_decoder.h"

namespace featc {
namespace {

constexpr int64_t kLongestWaits = 5;  // in first waits
constexpr uint32_t kMostDoublings = 3;

int64_t microsecondsNow() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool isFailed(const FetchResult& result) {
  return std::ranges::all_of(result.status,
                             [](KeyStatus s) { return s == KeyStatus::Failed || s == KeyStatus::TimedOut; });
}

}  // namespace

void BreakerStore::fetch(const FetchRequest& request, Done done) {
  if (request.keys.empty() || !admit())
    return done(answerAll(request, request.keys.empty() ? KeyStatus::Absent : KeyStatus::Failed));
  store_->ask(request, [this, done = std::move(done)](FetchResult result) {
    passed(isFailed(result));
    done(std::move(result));
  });
}

bool BreakerStore::admit() {
  int64_t until = openUntil_.load(std::memory_order_acquire);
  if (until == 0) return true;
  int64_t now = microsecondsNow();
  // Of all that come now one is the probe. Should its answer never come, there is another one in time.
  if (now >= until && openUntil_.compare_exchange_strong(until, now + firstWait_.count() * kLongestWaits)) return true;
  ++refused_;
  return false;
}

void BreakerStore::passed(bool failed) {
  if (!failed) {
    failures_ = 0;
    openUntil_ = 0;
    return;
  }
  uint32_t failures = ++failures_;
  if (failures < mostFailures_) return;
  uint32_t doublings = std::min(failures - mostFailures_, kMostDoublings);
  int64_t wait = std::min(firstWait_.count() << doublings, firstWait_.count() * kLongestWaits);
  if (openUntil_.exchange(microsecondsNow() + wait) == 0) ++trips_;
}

}  // namespace featc
