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

constexpr const char* kEnded = "the compile threads have ended";
constexpr const char* kNoMemory = "out of memory";

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

CompilePool::CompilePool(uint32_t threads, int niceness, std::chrono::milliseconds patience)
    : limit_(std::max(threads, 1U)), niceness_(niceness), patience_(patience), process_(getpid()) {
  size_t most = size_t{std::max(kMostThreads, limit_)} + 1;  // and the one that watches
  threads_.reserve(most);
  ended_.reserve(most);
}

CompilePool::~CompilePool() { finish(); }

void CompilePool::submit(std::unique_ptr<CompileJob> job) noexcept {
  if (const char* why = queue(job)) job->drop(why);
}

const char* CompilePool::queue(std::unique_ptr<CompileJob>& job) noexcept {
  if (getpid() != process_) return "this process was forked from the one that has the compile threads";
  std::list<Entry> added;
  if (!survive("queueing a compile job", [&] { added.push_back({nullptr, Clock::now()}); })) return kNoMemory;
  std::lock_guard lock(mutex_);
  if (ending_) return kEnded;
  bool isHeld = idle_ <= waiting_.size();
  if (isHeld && hasRoom()) {
    // Those that run already have to do, until whoever watches can start one; without any the job is dropped.
    if (start(&CompilePool::work))
      ++workers_;
    else if (workers_ == 0)
      return "no compile thread could be started";
  }
  // With the first thread: when all of them hang the system may have none left.
  if (!watched_) watched_ = start(&CompilePool::watch);
  added.front().job = std::move(job);
  waiting_.splice(waiting_.end(), added);
  wake_.notify_one();
  held_.notify_one();
  return nullptr;
}

bool CompilePool::hasRoom() const {
  Clock::time_point now = Clock::now();
  auto isStuck = [&](const Entry& work) { return now - work.since >= patience_; };
  auto stuck = static_cast<uint32_t>(std::ranges::count_if(running_, isStuck));
  return workers_ - stuck < limit_ && workers_ < std::max(kMostThreads, limit_);
}

bool CompilePool::start(void (CompilePool::*body)() noexcept) noexcept {
  for (std::thread::id id : ended_) {
    auto thread = std::ranges::find(threads_, id, &std::thread::get_id);
    thread->join();
    threads_.erase(thread);
  }
  ended_.clear();
  return survive("starting a compile thread",
                 [&] { threads_.push_back(startWithoutSignals([this, body] { (this->*body)(); })); });
}

// Code generation cannot be stopped, and a config may bring a fn that never returns.
void CompilePool::watch() noexcept {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    held_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const CompileJob* first = waiting_.front().job.get();
    auto isTaken = [&] { return ending_ || waiting_.empty() || waiting_.front().job.get() != first; };
    if (held_.wait_until(lock, waiting_.front().since + patience_, isTaken)) continue;
    if (hasRoom() && start(&CompilePool::work)) ++workers_;
    // The new thread takes it; without one it goes on waiting for those that run.
    held_.wait_for(lock, patience_, isTaken);
  }
}

void CompilePool::finish() {
  if (getpid() != process_) return;
  std::list<Entry> dropped;
  std::vector<std::thread> ending;
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    dropped.swap(waiting_);
    ending.swap(threads_);
  }
  wake_.notify_all();
  held_.notify_all();
  for (Entry& entry : dropped) entry.job->drop(kEnded);
  dropped.clear();
  for (std::thread& thread : ending) thread.join();
}

bool CompilePool::isIdle() const {
  std::lock_guard lock(mutex_);
  return waiting_.empty() && idle_ == workers_;
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
    auto mine = waiting_.begin();
    running_.splice(running_.end(), waiting_, mine);
    mine->since = Clock::now();
    held_.notify_one();
    lock.unlock();
    survive("a compile job", [&] { mine->job->run(); });
    mine->job.reset();
    finishBeforeLlvm();
    lock.lock();
    running_.erase(mine);
    --workers_;
    if (ending_ || hasRoom()) {
      ++workers_;
    } else {
      ended_.push_back(std::this_thread::get_id());
      return;
    }
  }
}

}  // namespace featc
