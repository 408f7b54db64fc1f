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

#include "stores/worker_pool.h"

namespace featc {

// One thread watches the clock, others make the calls, which may take their time. Thread-safe.
class Timers {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Id = std::pair<Time, uint64_t>;

  Timers() = default;
  ~Timers() { finish(); }
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // `id` is set before the call can come.
  void at(Time time, std::function<void()> call, Id& id);
  // Too late when the call has begun.
  void cancel(const Id& id);
  // Waits for calls that have begun; those that are not due yet never come. For owners whose calls use what ends before
  // the timers do.
  void finish() noexcept;

 private:
  void watch() noexcept;

  static constexpr uint32_t kCallers = 2;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Id, WorkerPool::Task> calls_;
  uint64_t next_ = 0;
  bool ending_ = false;
  WorkerPool callers_{kCallers};
  std::thread thread_{[this] { watch(); }};
};

}  // namespace featc
