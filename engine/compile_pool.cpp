// SPDX-License-Identifier: Apache-2.0
// The few low-priority threads on which configs are compiled while others serve.
#include "engine/compile_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <system_error>

namespace featc {

namespace {

// Linux keeps niceness by thread. Elsewhere compiling competes as any other work does.
void lowerPriority([[maybe_unused]] int niceness) {
#ifdef __linux__
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), niceness);
#endif
}

// The thread inherits its creator's mask: the program's signals go to the program's own threads.
std::thread startWithoutSignals(auto&& body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  struct Restore {
    const sigset_t& mask;
    ~Restore() { pthread_sigmask(SIG_SETMASK, &mask, nullptr); }
  } restore{before};
  return std::thread(std::forward<decltype(body)>(body));
}

}  // namespace

CompilePool::CompilePool(uint32_t threads, int niceness) : limit_(std::max(threads, 1U)), niceness_(niceness) {}

CompilePool::~CompilePool() {
  std::deque<std::unique_ptr<CompileJob>> dropped;
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    dropped.swap(waiting_);
  }
  wake_.notify_all();
  dropped.clear();
  for (std::thread& thread : threads_) thread.join();
}

void CompilePool::submit(std::unique_ptr<CompileJob> job) {
  std::lock_guard lock(mutex_);
  if (idle_ <= waiting_.size() && threads_.size() < limit_) {
    try {
      threads_.push_back(startWithoutSignals([this] { work(); }));
    } catch (const std::system_error&) {
      // Those that run already have to do; without any the job is dropped.
      if (threads_.empty()) return;
    }
  }
  waiting_.push_back(std::move(job));
  wake_.notify_one();
}

CompilePool& CompilePool::shared() {
  static CompilePool pool(std::clamp(std::thread::hardware_concurrency() / 4, 1U, 4U));
  return pool;
}

void CompilePool::work() {
  lowerPriority(niceness_);
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    --idle_;
    if (ending_) return;
    std::unique_ptr<CompileJob> job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job->run();
    job.reset();
    lock.lock();
  }
}

}  // namespace featc
