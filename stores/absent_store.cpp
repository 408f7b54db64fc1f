// SPDX-License-Identifier: Apache-2.0
// Counts absent keys in a window a source.
#include "stores/absent_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "values/value.h"

namespace featc {

void AbsentStore::fetch(const FetchRequest& request, Done done) {
  store_->fetch(request, [this, source = request.source, done = std::move(done)](FetchResult result) {
    if (count(source->name, result)) std::ranges::replace(result.status, KeyStatus::Absent, KeyStatus::Failed);
    done(std::move(result));
  });
}

bool AbsentStore::count(const std::string& source, const FetchResult& result) {
  std::lock_guard lock(mutex_);
  Watch& watch = sources_[source];
  for (KeyStatus status : result.status) {
    // Reads that failed tell nothing of what the store holds.
    if (status != KeyStatus::Found && status != KeyStatus::Absent) continue;
    watch.absent[watch.next] = status == KeyStatus::Absent;
    watch.next = (watch.next + 1) % kWindow;
    watch.keys = std::min(watch.keys + 1, kWindow);
  }
  size_t absent = watch.absent.count();
  bool isHigh = watch.keys >= kFewest && static_cast<double>(absent) > mostAbsent_ * static_cast<double>(watch.keys);
  if (isHigh) {
    if (!watch.isHigh) ++rises_;
    problem_ = fmt::format("{} of the last {} keys of source {} are absent, more than max_absent allows", absent,
                           watch.keys, quote(source));
  }
  watch.isHigh = isHigh;
  return isHigh;
}

std::string AbsentStore::problem() const {
  std::lock_guard lock(mutex_);
  bool isHigh = std::ranges::any_of(sources_, [](const auto& source) { return source.second.isHigh; });
  std::string inner = storeProblem(*store_);
  return isHigh || inner.empty() ? problem_ : inner;
}

void AbsentStore::addStats(StoreStats& stats) const {
  {
    std::lock_guard lock(mutex_);
    StoreStats::Absent absent;
    absent.rises = rises_;
    for (const auto& [name, watch] : sources_) absent.sources += watch.isHigh ? 1 : 0;
    stats.absent = absent;
  }
  addStoreStats(*store_, stats);
}

}  // namespace featc
