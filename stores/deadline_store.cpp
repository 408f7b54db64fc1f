// SPDX-License-Identifier: Apache-2.0
// Answers for a store that is late.
#include "stores/deadline_store.h"

#include <algorithm>
#include <atomic>

#include "stores/row_decoder.h"

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;

// A fetch that two may answer: the store and the clock.
struct Race {
  OwnedRequest request;
  Store::Done done;
  std::atomic<bool> answered = false;
  Timers::Id timer{};

  Race(const FetchRequest& r, SourceCopies& copies, Store::Done d) : request(r, copies), done(std::move(d)) {}
};

}  // namespace

void DeadlineStore::fetch(const FetchRequest& request, Done done) {
  Clock::time_point deadline = request.deadline;
  if (timeout_.count() > 0) deadline = std::min(deadline, Clock::now() + timeout_);
  if (deadline == Clock::time_point::max()) return store_->ask(request, std::move(done));
  auto race = std::make_shared<Race>(request, sources_, std::move(done));
  race->request.deadline = deadline;
  timers_.at(
      deadline,
      [this, race] {
        if (race->answered.exchange(true)) return;
        late_ = true;
        race->done(answerAll(race->request.view(), KeyStatus::TimedOut));
      },
      race->timer);
  store_->ask(race->request.view(), [this, race](FetchResult result) {
    timers_.cancel(race->timer);
    if (race->answered.exchange(true)) return;
    late_ = false;
    race->done(std::move(result));
  });
}

std::string DeadlineStore::problem() const { return late_ ? "no answer in time" : storeProblem(*store_); }

}  // namespace featc
