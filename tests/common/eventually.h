// SPDX-License-Identifier: Apache-2.0
// Waiting for what other threads and processes do.
#pragma once

#include <chrono>
#include <thread>

namespace featc::test {

// Whether the condition comes to hold while patience lasts.
template <class Condition>
bool eventually(Condition&& condition, std::chrono::seconds patience = std::chrono::seconds(60)) {
  auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace featc::test
