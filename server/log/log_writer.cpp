// SPDX-License-Identifier: Apache-2.0
#include "server/log/log_writer.h"

#include <signal.h>

#include <utility>

#include "support/print_error.h"
#include "support/survive.h"

namespace featc {

namespace {

constexpr size_t kWriteBytes = size_t{1} << 20U;
constexpr auto kRetry = std::chrono::seconds(1);

}  // namespace

LogWriter::LogWriter(LogFileOptions options) : file_(std::move(options)) {
  thread_ = std::thread([this] { run(); });
}

LogWriter::~LogWriter() { finish(); }

std::string LogWriter::open() {
  std::lock_guard lock(mutex_);  // before anything is added
  bool mayPass = false;
  std::string problem = file_.open(&mayPass);
  if (problem.empty()) return {};
  if (!mayPass) return problem;
  printError("warning: the request log {} cannot be written yet: {}\n", file_.path(), problem);
  return {};
}

bool LogWriter::add(size_t items, MakeLine line) noexcept {
  std::lock_guard lock(mutex_);
  const bool isFull = entries_.size() >= kMostLines || (!entries_.empty() && items_ + items > kMostItems);
  if (ending_ || isFull || !survive("the request log", [&] { entries_.push_back({items, std::move(line)}); })) {
    ++counts_.dropped;
    return false;
  }
  items_ += items;
  wake_.notify_one();
  return true;
}

LogCounts LogWriter::counts() const {
  std::lock_guard lock(mutex_);
  LogCounts counts = counts_;
  counts.waiting = entries_.size();
  return counts;
}

void LogWriter::finish(std::chrono::milliseconds patience) noexcept {
  if (!thread_.joinable()) return;
  {
    std::unique_lock lock(mutex_);
    ending_ = true;
    wake_.notify_one();
    ended_.wait_for(lock, patience, [this] { return hasEnded_; });
  }
  giveUp_ = true;
  thread_.join();
}

void LogWriter::run() noexcept {
  // A pipe that is closed is an error of a write, not the end of the program.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  bool goesOn = true;
  while (goesOn) {
    survive("the request log", [&] {
      Entry entry;
      bool isLast = true;
      goesOn = take(entry, isLast);
      if (goesOn) append(entry);
      if (count_ > 0 && (isLast || lines_.size() >= kWriteBytes)) write();
    });
  }
  std::lock_guard lock(mutex_);
  hasEnded_ = true;
  ended_.notify_all();
}

bool LogWriter::take(Entry& entry, bool& isLast) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return ending_ || !entries_.empty(); });
  if (entries_.empty()) return false;
  entry = std::move(entries_.front());
  entries_.pop_front();
  items_ -= entry.items;
  isLast = entries_.empty();
  return true;
}

void LogWriter::append(const Entry& entry) {
  const size_t before = lines_.size();
  const bool waits = failing_ && std::chrono::steady_clock::now() < retryAt_;
  if (!waits && !giveUp_ && survive("the request log", [&] { entry.line(lines_); })) {
    ++count_;
    return;
  }
  lines_.resize(before);
  if (failing_) ++missing_;
  std::lock_guard lock(mutex_);
  ++counts_.failed;
}

void LogWriter::write() {
  const LogFile::Written written = file_.write(lines_, giveUp_);
  const bool fails = !written.problem.empty();
  if (fails) retryAt_ = std::chrono::steady_clock::now() + kRetry;
  if (fails && !failing_)
    printError("the request log {} cannot be written: {}; requests go on, and their lines are lost until it can\n",
               file_.path(), written.problem);
  const size_t lost = count_ - written.lines;
  if (fails) missing_ += lost;
  if (!fails && failing_)
    printError("the request log {} is written again; lines that are missing: {}\n", file_.path(),
               std::exchange(missing_, 0));
  failing_ = fails;
  tellRotation();
  const size_t bytes = fails ? 0 : lines_.size();
  lines_.clear();
  count_ = 0;
  std::lock_guard lock(mutex_);
  counts_.written += written.lines;
  counts_.failed += lost;
  counts_.failing = fails;
  counts_.bytes += bytes;
}

void LogWriter::tellRotation() {
  const bool fails = !file_.rotateProblem().empty();
  if (fails && !rotationTold_)
    printError("the request log {} cannot be put aside: {}; it grows on\n", file_.path(), file_.rotateProblem());
  rotationTold_ = fails;
}

}  // namespace featc
