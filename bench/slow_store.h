// SPDX-License-Identifier: Apache-2.0
// A store that answers as late as the network and the servers behind it would: with a long tail.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "runtime/reads/store.h"

namespace featc::bench {

// What has a latency of its own. Either way it is lognormal, of the given median, and p99 is 20 times that.
enum class SlowPart {
  RoundTrip,  // each fetch: asking more often means more chances to meet the tail
  Key,        // each key of each fetch: a fetch comes when its slowest key does
};

class SlowStore final : public Store {
 public:
  SlowStore(std::shared_ptr<Store> behind, SlowPart part, std::chrono::microseconds median);
  ~SlowStore() override;
  void fetch(const FetchRequest& request, Done done) override;

  uint64_t roundTrips() const { return roundTrips_; }
  uint64_t keys() const { return keys_; }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  struct Answer {
    TimePoint due;
    std::shared_ptr<FetchResult> result;
    Done done;
    bool operator<(const Answer& other) const { return due > other.due; }
  };
  double draw(uint64_t what) const;  // seconds
  void answerAt(Answer answer);
  void answerLoop();

  std::shared_ptr<Store> behind_;
  SlowPart part_;
  double median_;
  std::atomic<uint64_t> roundTrips_ = 0;
  std::atomic<uint64_t> keys_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::priority_queue<Answer> answers_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace featc::bench
