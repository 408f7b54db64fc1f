// SPDX-License-Identifier: Apache-2.0
// Commands in Redis's protocol, appended to a text.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace featc {

void appendCommand(std::string& text, std::span<const std::string_view> words);
void appendCommand(std::string& text, std::initializer_list<std::string_view> words);

// The same in parts: how many words come, then each of them.
void appendWordCount(std::string& text, size_t words);
void appendWord(std::string& text, std::string_view word);

}  // namespace featc
