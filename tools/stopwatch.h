// SPDX-License-Identifier: Apache-2.0
// Time that went by.
#pragma once

#include <chrono>

namespace featc {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace featc
