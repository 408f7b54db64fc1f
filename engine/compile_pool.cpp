// SPDX-License-Identifier: Apache-2.0
// The few low-priority threads on which configs are compiled while others serve.
#include "engine/compile_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>

#include "support/survive.h"

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

std::atomic<CompilePool*> sharedPool = nullptr;

void finishShared() {
  if (CompilePool* pool = sharedPool.load()) pool->finish();
}

// LLVM makes memory of its own when it first needs it, and destroys that at exit, in the reverse order:
// before anything that was registered earlier. A compile that still runs then crashes. So the end of the
// shared pool is registered again when a first compile has made LLVM's memory; and when the main thread
// has used the pool, the pool ends with the main thread's own variables, which go before all else.
void finishBeforeLlvm() {
  static std::once_flag once;
  std::call_once(once, [] { std::atexit(&finishShared); });
}

struct FinishWithMainThread {
  bool armed = false;
  ~FinishWithMainThread() {
    if (armed) finishShared();
  }
};
thread_local FinishWithMainThread finishWithMainThread;

bool isMainThread() {
#ifdef __linux__
  return syscall(SYS_gettid) == getpid();
#else
  return false;
#endif
}

}  // namespace

CompilePool::CompilePool(uint32_t threads, int niceness)
    : limit_(std::max(threads, 1U)), niceness_(niceness), process_(getpid()) {
  threads_.reserve(limit_);
}

CompilePool::~CompilePool() { finish(); }

void CompilePool::submit(std::unique_ptr<CompileJob> job) noexcept {
  if (getpid() != process_) return;
  std::list<std::unique_ptr<CompileJob>> added;
  if (!survive("queueing a compile job", [&] { added.push_back(std::move(job)); })) return;
  std::lock_guard lock(mutex_);
  if (ending_) return;
  if (idle_ <= waiting_.size() && threads_.size() < limit_) {
    try {
      threads_.push_back(startWithoutSignals([this] { work(); }));
    } catch (...) {
      // Those that run already have to do; without any the job is dropped.
      survived("starting a compile thread");
      if (threads_.empty()) return;
    }
  }
  waiting_.splice(waiting_.end(), added);
  wake_.notify_one();
}

void CompilePool::finish() {
  if (getpid() != process_) return;
  std::list<std::unique_ptr<CompileJob>> dropped;
  std::vector<std::thread> ending;
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    dropped.swap(waiting_);
    ending.swap(threads_);
  }
  wake_.notify_all();
  dropped.clear();
  for (std::thread& thread : ending) thread.join();
}

bool CompilePool::isIdle() const {
  std::lock_guard lock(mutex_);
  return waiting_.empty() && idle_ == threads_.size();
}

CompilePool& CompilePool::shared() {
  // Never destroyed: who comes late finds a pool that has finished.
  static CompilePool* pool = [] {
    auto* made = new CompilePool(std::clamp(std::thread::hardware_concurrency() / 4, 1U, 4U));
    sharedPool = made;
    std::atexit(&finishShared);
    return made;
  }();
  if (isMainThread()) finishWithMainThread.armed = true;
  return *pool;
}

void CompilePool::work() noexcept {
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
    survive("a compile job", [&] { job->run(); });
    job.reset();
    finishBeforeLlvm();
    lock.lock();
  }
}

}  // namespace featc
