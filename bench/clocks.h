// SPDX-License-Identifier: Apache-2.0
// Time on the wall and of the processor, and quantiles of many times.
#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

namespace featc::bench {

class Stopwatch {
 public:
  // CLOCK_MONOTONIC, or CLOCK_PROCESS_CPUTIME_ID for the CPU time of all threads.
  explicit Stopwatch(clockid_t clock) : clock_(clock), start_(now()) {}
  double seconds() const { return now() - start_; }

 private:
  double now() const {
    timespec t{};
    clock_gettime(clock_, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  }
  clockid_t clock_;
  double start_;
};

inline double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  auto at = values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace featc::bench
