// SPDX-License-Identifier: Apache-2.0
// Threads that read in turn, work side by side and write in turn.
#include "tools/pipeline.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace featc {
namespace {

class Pipeline {
 public:
  void loop(PipelineWorker& worker) {
    try {
      uint64_t piece = 0;
      while (take(worker, piece)) {
        worker.prepare();
        if (worker.isNumbered() && !number(worker, piece)) return;
        worker.work();
        if (!hand(worker, piece)) return;
      }
    } catch (...) {
      stop(std::current_exception());
    }
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  bool take(PipelineWorker& worker, uint64_t& piece) {
    std::lock_guard lock(reading_);
    if (ended_ || stopped()) return false;
    ended_ = !worker.read();
    piece = read_;
    if (!ended_) ++read_;
    return !ended_;
  }

  bool number(PipelineWorker& worker, uint64_t piece) {
    return inTurn(numbered_, piece, [&] {
      worker.number();
      return true;
    });
  }
  bool hand(PipelineWorker& worker, uint64_t piece) {
    return inTurn(written_, piece, [&] { return worker.write(); });
  }

  // Calls `f` once all pieces before have done so; `done` counts them. False: the run has stopped, or `f` stops it.
  template <class F>
  bool inTurn(uint64_t& done, uint64_t piece, F&& f) {
    std::unique_lock lock(writing_);
    turn_.wait(lock, [&] { return done == piece || stopped_; });
    if (stopped_) return false;
    // Only the thread whose turn it is gets here, so `f` needs no lock of its own.
    lock.unlock();
    bool goOn = f();
    lock.lock();
    ++done;
    if (!goOn) stopped_ = true;
    turn_.notify_all();
    return goOn;
  }

  bool stopped() {
    std::lock_guard lock(writing_);
    return stopped_;
  }

  void stop(std::exception_ptr failure) {
    std::lock_guard lock(writing_);
    if (!failure_) failure_ = std::move(failure);
    stopped_ = true;
    turn_.notify_all();
  }

  std::mutex reading_;
  bool ended_ = false;
  uint64_t read_ = 0;  // pieces taken

  std::mutex writing_;
  std::condition_variable turn_;
  uint64_t numbered_ = 0;
  uint64_t written_ = 0;
  bool stopped_ = false;
  std::exception_ptr failure_;
};

}  // namespace

void runPipeline(uint32_t threads, const std::function<std::unique_ptr<PipelineWorker>()>& newWorker) {
  Pipeline pipeline;
  std::vector<std::unique_ptr<PipelineWorker>> workers;
  for (uint32_t i = 0; i < threads; ++i) workers.push_back(newWorker());
  {
    std::vector<std::jthread> others;
    for (uint32_t i = 1; i < threads; ++i) others.emplace_back([&, i] { pipeline.loop(*workers[i]); });
    pipeline.loop(*workers[0]);
  }
  pipeline.rethrow();
}

}  // namespace featc
