// SPDX-License-Identifier: Apache-2.0
// Asks twice where it takes long.
#include "stores/hedge_store.h"

#include <algorithm>
#include <vector>

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kMostCredit = 20;

bool isWhole(const FetchResult& result, size_t keys) {
  return result.status.size() == keys && std::ranges::none_of(result.status, [](KeyStatus s) {
           return s == KeyStatus::Failed || s == KeyStatus::TimedOut;
         });
}

}  // namespace

struct HedgeStore::Race {
  OwnedRequest request;
  Done done;
  Clock::time_point start = Clock::now();
  std::mutex mutex;
  bool answered = false;
  int inFlight = 0;
  Timers::Id timer{};

  Race(const FetchRequest& r, SourceCopies& copies, Done d) : request(r, copies), done(std::move(d)) {}
};

void HedgeStore::fetch(const FetchRequest& request, Done done) {
  auto race = std::make_shared<Race>(request, sources_, std::move(done));
  int64_t delay = delay_;
  if (delay > 0) {
    auto second = [this, race] {
      {
        std::lock_guard lock(race->mutex);
        if (race->answered || !spend()) return;
      }
      ++hedges_;
      send(race, true);
    };
    timers_.at(race->start + std::chrono::microseconds(delay), std::move(second), race->timer);
  }
  send(race, false);
}

void HedgeStore::send(const std::shared_ptr<Race>& race, bool isSecond) {
  Done done([this, race, isSecond](FetchResult result) { answer(*race, std::move(result), isSecond); });
  {
    std::lock_guard lock(race->mutex);
    ++race->inFlight;
  }
  store_->ask(race->request.view(), std::move(done));
}

void HedgeStore::answer(Race& race, FetchResult result, bool isSecond) {
  {
    std::lock_guard lock(race.mutex);
    --race.inFlight;
    // An answer with failures waits for the other one, as long as there is one.
    if (race.answered || (race.inFlight > 0 && !isWhole(result, race.request.keys.size()))) return;
    race.answered = true;
  }
  if (isSecond) ++won_;
  timers_.cancel(race.timer);
  record(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - race.start));
  race.done(std::move(result));
}

void HedgeStore::record(std::chrono::microseconds latency) {
  std::lock_guard lock(mutex_);
  credit_ = std::min(kMostCredit, credit_ + 2 * (100.0 - percentile_) / 100);
  latencies_[recorded_++ % kWindow] = latency.count();
  if (recorded_ % kRefresh != 0 || recorded_ < 2 * kRefresh) return;
  size_t count = std::min<uint64_t>(recorded_, kWindow);
  std::array<int64_t, kWindow> sorted = latencies_;
  auto wanted = sorted.begin() + static_cast<ptrdiff_t>(count * percentile_ / 100);
  std::nth_element(sorted.begin(), wanted, sorted.begin() + static_cast<ptrdiff_t>(count));
  delay_ = std::max<int64_t>(*wanted, 1);
}

bool HedgeStore::spend() {
  std::lock_guard lock(mutex_);
  if (credit_ < 1) return false;
  credit_ -= 1;
  return true;
}

}  // namespace featc
