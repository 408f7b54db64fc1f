// SPDX-License-Identifier: Apache-2.0
// The few low-priority threads on which configs are compiled while others serve.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace featc {

// Work for the pool. Destroyed without having run where the pool ends first.
class CompileJob {
 public:
  virtual ~CompileJob() = default;
  // Must not throw.
  virtual void run() = 0;
};

// Runs jobs in the order they came in, at most `threads` at a time. Threads start with the first job.
// A process that forks starts with a pool of its own: threads do not survive fork.
class CompilePool {
 public:
  // Nice 10 leaves serving threads nine tenths of a busy core, and still gets compiling done.
  static constexpr int kNiceness = 10;

  explicit CompilePool(uint32_t threads, int niceness = kNiceness);
  // Drops the jobs that wait and waits for those that run.
  ~CompilePool();
  CompilePool(const CompilePool&) = delete;
  CompilePool& operator=(const CompilePool&) = delete;

  void submit(std::unique_ptr<CompileJob> job);

  // One for the process: a quarter of the cores, from one thread to four. Ends with the process,
  // which then waits for the jobs that run.
  static CompilePool& shared();

 private:
  void work();

  const uint32_t limit_;
  const int niceness_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<CompileJob>> waiting_;
  std::vector<std::thread> threads_;
  uint32_t idle_ = 0;
  bool ending_ = false;
};

}  // namespace featc
