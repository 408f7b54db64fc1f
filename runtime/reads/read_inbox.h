// SPDX-License-Identifier: Apache-2.0
// Where the answers to a call's fetches arrive, from any thread and perhaps after the call is over.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/reads/store.h"

namespace featc {

struct Arrival {
  uint32_t group = 0;
  uint32_t fetch = 0;  // of the group
  std::chrono::steady_clock::time_point at;
  FetchResult result;
};

// Whoever waits for a call's reads without a thread of its own. Made before it is needed, so that waiting needs no
// memory.
class ReadWaker {
 public:
  virtual ~ReadWaker() = default;
  virtual void wake() noexcept = 0;
};

// Shared by a call and by the fetches that it sent: it lives until the last of them has been answered.
class ReadInbox {
 public:
  // A fetch is about to be sent. Makes room for its answer, which the thread that brings it could not be told to lack.
  void expect();
  void put(Arrival arrival) noexcept;
  // Moves what has arrived to the end of `out`.
  void take(std::vector<Arrival>& out);
  // Waits until something has arrived, at most until `deadline` or interrupt().
  void wait(std::chrono::steady_clock::time_point deadline);
  // Ends the wait() under way, or else the next one.
  void interrupt() noexcept;

  // Has `waker` woken, once and on the thread of the last answer, when every expected answer is there. False,
  // and it is never woken, when they are there already.
  bool park(std::shared_ptr<ReadWaker> waker);
  // Takes the wish back; false when it has been granted already.
  bool unpark();

  // The call is over: what is still to come is dropped as it comes.
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Arrival> arrivals_;
  size_t outstanding_ = 0;
  std::shared_ptr<ReadWaker> waker_;
  bool interrupted_ = false;
  bool closed_ = false;
};

}  // namespace featc
