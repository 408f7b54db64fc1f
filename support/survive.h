// SPDX-License-Identifier: Apache-2.0
// Words on stderr that can fail without harm, and a place where what callbacks and jobs throw ends.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace featc {

// Writes to stderr. Where that is a closed pipe, a full disk or nothing at all, the words are lost and nothing else
// happens: no exception, no signal.
void writeError(std::string_view text) noexcept;

// The same of what fmt::format makes.
template <class... Args>
void printError(fmt::format_string<Args...> format, Args&&... args) noexcept {
  try {
    fmt::memory_buffer text;
    fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
    writeError({text.data(), text.size()});
  } catch (...) {
    writeError("featc: there is no memory for a message\n");
  }
}

// -- What is thrown where nobody can catch it ---------------------------------------------------------
//
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
