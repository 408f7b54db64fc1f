// SPDX-License-Identifier: Apache-2.0
// Calls that come at a time, unless they are called off before.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "runtime/stores/worker_pool.h"

namespace featc {

// One thread watches the clock, others make the calls, which may take their time. Thread-safe.
class Timers {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Id = std::pair<Time, uint64_t>;

  Timers();
  // Calls that are not due yet never come.
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  Id at(Time time, std::function<void()> call);
  // Too late when the call has begun.
  void cancel(const Id& id);

 private:
  void watch();

  static constexpr uint32_t kCallers = 2;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Id, std::function<void()>> calls_;
  uint64_t next_ = 0;
  bool ending_ = false;
  WorkerPool callers_{kCallers};
  std::thread thread_;
};

}  // namespace featc
