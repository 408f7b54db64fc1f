// SPDX-License-Identifier: Apache-2.0
// The jobs of an executor: which are under way, and how many are kept for later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/kept_memory.h"
#include "runtime/seda/seda_job.h"

namespace featc {

// Makes jobs when they are first needed, and keeps as many as were needed of late. All of it is called with the queues'
// lock held.
class SedaJobs {
 public:
  using TimePoint = SedaJob::TimePoint;

  // Of at most `most` at a time, which is at least 1.
  SedaJobs(size_t most, std::function<std::unique_ptr<SedaJob>()> make);

  size_t most() const { return slots_.size(); }
  size_t underWay() const { return slots_.size() - free_.size(); }
  bool hasFree() const { return !free_.empty(); }
  // One that was free, to be filled; null where there is no memory for it. Only while hasFree().
  SedaJob* take() noexcept;
  // It has been filled: from here on its deadline counts.
  void filled(const SedaJob& job) noexcept;
  // How many that are under way have a deadline up to `deadline`, and less than `time` before it.
  int64_t dueBefore(TimePoint deadline, TimePoint::duration time) const;
  // The job is empty and free again. One that is no longer needed is the caller's, to be freed without the lock.
  [[nodiscard]] std::unique_ptr<SedaJob> giveBack(const SedaJob& job) noexcept;

 private:
  struct Slot {
    std::unique_ptr<SedaJob> job;
    TimePoint deadline = TimePoint::max();  // while it is under way
  };
  std::vector<Slot>::iterator find(const SedaJob& job);
  std::unique_ptr<SedaJob> takeIdle(const SedaJob& other) noexcept;

  const std::function<std::unique_ptr<SedaJob>()> make_;
  std::vector<Slot> slots_;
  std::vector<size_t> free_;  // slots, the one that was used last at the end
  size_t made_ = 0;           // jobs that there are
  KeptCount kept_{1};
};

}  // namespace featc
