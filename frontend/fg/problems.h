// SPDX-License-Identifier: Apache-2.0
// What an import has to say: errors, and notes on what FG's documentation leaves open.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace featc::fg {

struct Problem {
  uint32_t line = 0;  // 0: of no line
  std::string text;
};

struct Problems {
  std::vector<Problem> errors;
  std::vector<Problem> notes;

  void error(uint32_t line, std::string text) { errors.push_back({line, std::move(text)}); }
  void note(uint32_t line, std::string text) { notes.push_back({line, std::move(text)}); }
};

}  // namespace featc::fg
