// SPDX-License-Identifier: Apache-2.0
// Searching in texts.
#pragma once

#include <cstring>
#include <string_view>

namespace featc {

// As text.find(part, from), in linear time: std::string_view's takes the product of both lengths where they nearly
// match everywhere. A short part costs little even then, and is found faster by it.
inline size_t findText(std::string_view text, std::string_view part, size_t from = 0) {
  constexpr size_t kShort = 32;
  if (part.size() <= kShort) return text.find(part, from);
  if (from > text.size() || part.size() > text.size() - from) return std::string_view::npos;
  const void* found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return found == nullptr ? std::string_view::npos : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace featc
