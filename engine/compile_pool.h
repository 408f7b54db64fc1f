// SPDX-License-Identifier: Apache-2.0
// The few low-priority threads on which configs are compiled while others serve.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace featc {

// Work for the pool, which either runs or drops it, then destroys it.
class CompileJob {
 public:
  virtual ~CompileJob() = default;
  // What it throws ends there; whoever waits for the job has to be told before.
  virtual void run() = 0;
  // It will not run, and why.
  virtual void drop([[maybe_unused]] std::string_view why) noexcept {}
};

// Runs jobs in the order they came in, at most `threads` at a time. Threads start with the first job. A job that has
// run for `patience` holds up no other: it no longer counts, and another thread takes the next one, up to kMostThreads.
class CompilePool {
 public:
  // Nice 10 leaves serving threads nine tenths of a busy core, and still gets compiling done.
  static constexpr int kNiceness = 10;

  static constexpr std::chrono::milliseconds kPatience{5000};
  static constexpr uint32_t kMostThreads = 16;

  explicit CompilePool(uint32_t threads, int niceness = kNiceness, std::chrono::milliseconds patience = kPatience);
  ~CompilePool();
  CompilePool(const CompilePool&) = delete;
  CompilePool& operator=(const CompilePool&) = delete;

  // After finish(), and in a process that was forked off the pool's, the job is dropped, before this returns. So it is
  // where there is no memory for it, or no thread.
  void submit(std::unique_ptr<CompileJob> job) noexcept;

  // Drops the jobs that wait and waits for those that run. For good.
  void finish();

  // Whether no job runs or waits. A job that runs cannot be ended: LLVM has no way to stop it. A program that
  // must not wait for one leaves by std::_Exit().
  bool isIdle() const;

  // One for the process: a quarter of the cores, from one thread to four. It finishes when the process
  // exits, before LLVM's own memory goes; docs/reloading.md tells how a program ends without waiting.
  static CompilePool& shared();

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    std::unique_ptr<CompileJob> job;
    Clock::time_point since;  // it waits, or runs
  };

  // Why the job, which is left to the caller then, is to be dropped; null: it is queued.
  const char* queue(std::unique_ptr<CompileJob>& job) noexcept;
  void work() noexcept;
  void watch() noexcept;
  // Whether one thread more may run: those whose job has run for `patience` are not counted.
  bool hasRoom() const;
  // False where the system has no thread left.
  bool start(void (CompilePool::*body)() noexcept) noexcept;

  const uint32_t limit_;
  const int niceness_;
  const std::chrono::milliseconds patience_;
  const int process_;  // threads do not survive a fork
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable held_;  // all threads are busy and a job waits, or that is over
  // A job moves from list to list, which needs no memory.
  std::list<Entry> waiting_;
  std::list<Entry> running_;
  std::vector<std::thread> threads_;
  std::vector<std::thread::id> ended_;  // of threads that are no longer needed
  uint32_t workers_ = 0;
  uint32_t idle_ = 0;
  bool watched_ = false;  // by a thread that waits for one that can take a job
  bool ending_ = false;
};

}  // namespace featc
