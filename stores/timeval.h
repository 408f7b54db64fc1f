// SPDX-License-Identifier: Apache-2.0
// Durations as system calls and libevent take them.
#pragma once

#include <sys/time.h>

#include <algorithm>
#include <chrono>

namespace featc {

// A time that has passed is 0.
inline timeval timevalOf(std::chrono::microseconds time) {
  time = std::max(time, std::chrono::microseconds(0));
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return {seconds.count(), (time - seconds).count()};
}

}  // namespace featc
