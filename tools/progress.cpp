// SPDX-License-Identifier: Apache-2.0
// Draws the progress bar.
#include "tools/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "support/print_error.h"

namespace featc {

void Progress::addItems(uint64_t items) {
  std::lock_guard lock(mutex_);
  items_ += items;
  auto now = Clock::now();
  if (on_ && now >= next_) draw(now);
}

void Progress::message(std::string_view text) {
  std::lock_guard lock(mutex_);
  if (shown_) printError("\r\x1b[K");
  shown_ = false;
  printError("{}\n", text);
}

void Progress::clear() {
  std::lock_guard lock(mutex_);
  if (shown_) printError("\r\x1b[K");
  shown_ = false;
}

void Progress::draw(Clock::time_point now) {
  constexpr size_t kWidth = 30;
  std::string bar;
  if (totalBytes_ > 0) {
    double share = std::min(1.0, static_cast<double>(bytes_) / static_cast<double>(totalBytes_));
    auto filled = static_cast<size_t>(share * kWidth);
    bar = fmt::format("[{}{}] {:3.0f} %  ", std::string(filled, '#'), std::string(kWidth - filled, '.'), share * 100);
  }
  double seconds = std::chrono::duration<double>(now - start_).count();
  printError("\r\x1b[K{}{} items, {:.0f} a second", bar, items_, static_cast<double>(items_) / seconds);
  shown_ = true;
  next_ = now + std::chrono::milliseconds(100);
}

}  // namespace featc
