// SPDX-License-Identifier: Apache-2.0
// What an import has to say: errors, and notes on what FG's documentation leaves open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace featc::fg {

// Which feature or group of the file, counted from 1 in its order; 0: none of them.
using EntryNumber = size_t;

struct Message {
  uint32_t line = 0;  // 0: of no line
  std::string text;
  EntryNumber entry = 0;  // which need not be imported, where it can be left out
};

struct Messages {
  std::vector<Message> errors;
  std::vector<Message> notes;

  void error(uint32_t line, std::string text, EntryNumber entry = 0) {
    errors.push_back({line, std::move(text), entry});
  }
  void note(uint32_t line, std::string text) { notes.push_back({line, std::move(text)}); }
};

}  // namespace featc::fg
