// SPDX-License-Identifier: Apache-2.0
// An array of bulk strings.
#include "stores/redis_commands.h"

namespace featc {

void appendWordCount(std::string& text, size_t words) {
  text += '*';
  text += std::to_string(words);
  text += "\r\n";
}

void appendWord(std::string& text, std::string_view word) {
  text += '$';
  text += std::to_string(word.size());
  text += "\r\n";
  text += word;
  text += "\r\n";
}

void appendCommand(std::string& text, std::span<const std::string_view> words) {
  appendWordCount(text, words.size());
  for (std::string_view word : words) appendWord(text, word);
}

void appendCommand(std::string& text, std::initializer_list<std::string_view> words) {
  appendCommand(text, std::span(words.begin(), words.size()));
}

}  // namespace featc
