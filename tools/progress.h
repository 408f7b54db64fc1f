// SPDX-License-Identifier: Apache-2.0
// A bar on stderr for long runs, and messages that do not tear it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace featc {

// Thread-safe. Switched off it prints messages only.
class Progress {
 public:
  // `totalBytes`: of the input, 0 where unknown.
  Progress(bool on, uint64_t totalBytes) : on_(on), totalBytes_(totalBytes) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void setTotal(uint64_t totalBytes) { totalBytes_ = totalBytes; }
  void addBytes(uint64_t bytes) { bytes_ += bytes; }
  void addItems(uint64_t items);
  // A line on stderr.
  void message(std::string_view text);
  // Takes the bar off the screen.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  void draw(Clock::time_point now);

  bool on_;
  std::atomic<uint64_t> totalBytes_;
  std::atomic<uint64_t> bytes_ = 0;
  std::mutex mutex_;
  uint64_t items_ = 0;
  bool shown_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_ + std::chrono::milliseconds(300);
};

}  // namespace featc
