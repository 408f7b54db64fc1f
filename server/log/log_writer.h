// SPDX-License-Identifier: Apache-2.0
// Writes a log on a thread of its own: whoever has something to log never waits, and is never hurt.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "server/log/log_file.h"

namespace featc {

struct LogCounts {
  uint64_t written = 0;  // lines
  uint64_t dropped = 0;  // because too many waited
  uint64_t failed = 0;   // because they could not be made or written
  uint64_t bytes = 0;
  size_t waiting = 0;
  bool failing = false;  // the file could not be written the last time
};

// Thread-safe.
class LogWriter {
 public:
  // Appends a line, with its end. Called on the log's thread, and destroyed there.
  using MakeLine = std::function<void(std::string& out)>;

  explicit LogWriter(LogFileOptions options);
  // As finish().
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // Opens the file. What is wrong with the path; what may pass by itself, such as a full disk, is only told.
  std::string open();
  // `items` says how much it holds on to. False: too many wait, and it is counted and dropped.
  bool add(size_t items, MakeLine line) noexcept;
  LogCounts counts() const;
  // Writes what waits, as far as there is time for it.
  void finish(std::chrono::milliseconds patience = std::chrono::milliseconds(2000)) noexcept;

  // What may wait.
  static constexpr size_t kMostLines = 1024;
  static constexpr size_t kMostItems = 65'536;

 private:
  struct Entry {
    size_t items = 0;
    MakeLine line;
  };

  void run() noexcept;
  // Waits for what is next; false: the end. `isLast`: nothing waits behind it.
  bool take(Entry& entry, bool& isLast);
  void append(const Entry& entry);
  void write();
  void tellRotation();

  LogFile file_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> entries_;
  size_t items_ = 0;  // that they hold
  bool ending_ = false;
  std::condition_variable ended_;
  bool hasEnded_ = false;
  LogCounts counts_;
  std::atomic<bool> giveUp_ = false;
  // Of the log's thread.
  std::string lines_;  // to be written
  size_t count_ = 0;   // of them
  std::chrono::steady_clock::time_point retryAt_;
  uint64_t missing_ = 0;  // lines since it fails
  bool failing_ = false;
  bool rotationTold_ = false;
  std::thread thread_;
};

}  // namespace featc
