// SPDX-License-Identifier: Apache-2.0
// Time that went by.
#pragma once

#include <chrono>
#include <utility>

namespace featc {

class Stopwatch {
 public:
  // Seconds since the beginning.
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  // Seconds since the lap before, at first since the beginning.
  double lap() {
    Clock::time_point now = Clock::now();
    return std::chrono::duration<double>(now - std::exchange(lap_, now)).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
  Clock::time_point lap_ = start_;
};

}  // namespace featc
