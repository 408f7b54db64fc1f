// SPDX-License-Identifier: Apache-2.0
// A file of lines that is put aside from time to time and begun anew.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace featc {

struct LogFileOptions {
  std::string path;                    // a file, or a pipe
  uint64_t rotateBytes = 0;            // a file that would become larger is put aside; 0: none is
  std::chrono::seconds rotateTime{0};  // so is one of an hour, a day that has passed (in UTC); 0: none is
  size_t keep = 0;                     // how many of those put aside stay; 0: all
};

// Used by one thread at a time.
class LogFile {
 public:
  explicit LogFile(LogFileOptions options) : options_(std::move(options)) {}
  ~LogFile() { close(); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  struct Written {
    size_t lines = 0;     // that are in the file as a whole
    std::string problem;  // why the others are not; empty: all are
  };
  // Appends whole lines. A pipe that nobody reads is waited for until `giveUp`. After a failure the file ends with a
  // whole line, and the next call tries again.
  Written write(std::string_view lines, const std::atomic<bool>& giveUp);
  // Opens the file where it is not open. What is wrong; `*mayPass`: that may change without anybody changing the path.
  std::string open(bool* mayPass = nullptr);

  const std::string& path() const { return options_.path; }
  // Why the file could not be put aside the last time; it is written on. Empty: it could.
  const std::string& rotateProblem() const { return rotateProblem_; }

 private:
  using Clock = std::chrono::system_clock;

  void close();
  void rotate(size_t more);
  void prune() const;
  // Whether another file has come to the path, or none is there any more: somebody else put ours aside.
  bool isMoved() const;
  int64_t periodOf(Clock::time_point time) const;

  const LogFileOptions options_;
  int file_ = -1;
  bool isRegular_ = false;
  bool brokenLine_ = false;  // what is not a file got a part of a line
  uint64_t bytes_ = 0;
  int64_t period_ = 0;        // of the newest line
  Clock::time_point looked_;  // when isMoved() was asked last
  std::string rotateProblem_;
};

}  // namespace featc
