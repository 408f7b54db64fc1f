// SPDX-License-Identifier: Apache-2.0
// What kinds of stores need to take their URLs apart.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

namespace featc {

inline constexpr std::string_view kPasswordInUrl =
    "a password does not belong in a URL; set FEATC_REDIS_PASSWORD instead";
inline constexpr uint32_t kMaxDatabase = 1'000'000;

template <class T>
bool parseWhole(std::string_view text, T& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

inline bool parseCount(std::string_view text, uint32_t least, uint32_t most, uint32_t& out) {
  uint32_t number = 0;
  if (!parseWhole(text, number) || number < least || number > most) return false;
  out = number;
  return true;
}

}  // namespace featc
