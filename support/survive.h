// SPDX-License-Identifier: Apache-2.0
// A place where what callbacks and jobs throw ends.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace featc {

// A thread that serves or compiles goes on whatever a callback, an observer, a log or a job throws at it. The first
// time at each place stderr tells, all of them are counted.

struct Survived {
  const char* where = nullptr;
  uint64_t times = 0;
};

// For a handler: counts the exception that is being handled. `where` is a text that lives on, `a reload callback`.
void survived(const char* where) noexcept;
// For a handler: what the exception that is being handled says, never empty; `out of memory` for a lack of it, also of
// memory for the words.
std::string currentMessage() noexcept;
// By place, those where anything was thrown yet.
std::vector<Survived> survivedSoFar();

// Calls `body`; false where it threw.
template <class Body>
bool survive(const char* where, Body&& body) noexcept {
  try {
    std::forward<Body>(body)();
    return true;
  } catch (...) {
    survived(where);
    return false;
  }
}

}  // namespace featc
