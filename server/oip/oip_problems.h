// SPDX-License-Identifier: Apache-2.0
// What is wrong with a request of the Open Inference Protocol: all of it in one answer, up to a length that is read.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace featc {

class OipProblems {
 public:
  // An empty text is none.
  void add(std::string problem) {
    if (problem.empty()) return;
    if (isFull()) return addMore();
    problems_.push_back(std::move(problem));
  }
  bool empty() const { return problems_.empty(); }
  // The answer names no more than so many.
  bool isFull() const { return problems_.size() == kMost; }
  void addMore() { hasMore_ = true; }
  std::string text() const { return fmt::format("{}{}", fmt::join(problems_, "; "), hasMore_ ? "; and more" : ""); }

 private:
  static constexpr size_t kMost = 16;
  std::vector<std::string> problems_;
  bool hasMore_ = false;
};

}  // namespace featc
