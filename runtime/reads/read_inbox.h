// SPDX-License-Identifier: Apache-2.0
// Where the answers to a call's fetches arrive, from any thread and perhaps after the call is over.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
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

// Shared by a call and by the fetches that it sent: it lives until the last of them has been answered.
class ReadInbox {
 public:
  // A fetch is about to be sent.
  void expect();
  void put(Arrival arrival);
  // Moves what has arrived to the end of `out`.
  void take(std::vector<Arrival>& out);
  // Waits until something has arrived, at most until `deadline`.
  void wait(std::chrono::steady_clock::time_point deadline);

  // Has `wake` called, once and on the thread of the last answer, when every expected answer is there. False,
  // and it is never called, when they are there already.
  bool park(std::function<void()> wake);
  // Takes the wish back; false when it has been granted already.
  bool unpark();

  // The call is over: what is still to come is dropped as it comes.
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Arrival> arrivals_;
  size_t outstanding_ = 0;
  std::function<void()> wake_;
  bool closed_ = false;
};

}  // namespace featc
