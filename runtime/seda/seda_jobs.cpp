// SPDX-License-Identifier: Apache-2.0
// Slots of jobs, of which some are free.
#include "runtime/seda/seda_jobs.h"

#include <algorithm>
#include <utility>

namespace featc {

SedaJobs::SedaJobs(size_t most, std::function<std::unique_ptr<SedaJob>()> make) : make_(std::move(make)), slots_(most) {
  for (size_t i = 0; i < most; ++i) free_.push_back(i);
}

SedaJob* SedaJobs::take() noexcept {
  std::unique_ptr<SedaJob>& job = slots_[free_.back()].job;
  if (job == nullptr) {
    try {
      job = make_();
    } catch (...) {
      return nullptr;
    }
    ++made_;
  }
  free_.pop_back();
  return job.get();
}

std::vector<SedaJobs::Slot>::iterator SedaJobs::find(const SedaJob& job) {
  return std::ranges::find(slots_, &job, [](const Slot& slot) { return slot.job.get(); });
}

void SedaJobs::filled(const SedaJob& job) noexcept { find(job)->deadline = job.deadline(); }

int64_t SedaJobs::dueBefore(TimePoint deadline, TimePoint::duration time) const {
  return std::ranges::count_if(
      slots_, [&](const Slot& slot) { return slot.deadline <= deadline && deadline - slot.deadline < time; });
}

std::unique_ptr<SedaJob> SedaJobs::giveBack(const SedaJob& job) noexcept {
  const size_t kept = kept_.keep(underWay());
  auto slot = find(job);
  slot->deadline = TimePoint::max();
  free_.push_back(static_cast<size_t>(slot - slots_.begin()));
  return made_ > kept ? takeIdle(job) : nullptr;
}

// The job, but for this one, that has had nothing to do for longest.
std::unique_ptr<SedaJob> SedaJobs::takeIdle(const SedaJob& other) noexcept {
  for (size_t i : free_) {
    if (slots_[i].job == nullptr || slots_[i].job.get() == &other) continue;
    --made_;
    return std::move(slots_[i].job);
  }
  return nullptr;
}

}  // namespace featc
