// SPDX-License-Identifier: Apache-2.0
// Words on stderr that can fail without harm.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

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
    writeError("featc: out of memory while an error message was written\n");
  }
}

}  // namespace featc
