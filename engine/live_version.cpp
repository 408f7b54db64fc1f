// SPDX-License-Identifier: Apache-2.0
// One version of a live config, and a call's hold on it.
#include "engine/live_version.h"

#include <algorithm>

namespace featc {

LiveVersion::LiveVersion(VersionInfo info, ExtractorResult made, const NewShared& newShared, NewMemory newMemory,
                         size_t ready, std::shared_ptr<std::atomic<uint64_t>> alive)
    : info_(std::move(info)),
      extractor_(std::move(made.extractor)),
      tiered_(std::move(made.tiered)),
      shared_(newShared ? newShared(*extractor_) : nullptr),
      newMemory_(std::move(newMemory)),
      alive_(std::move(alive)),
      kept_(ready) {
  free_.reserve(ready);
  while (free_.size() < ready) free_.push_back(newMemory_(*extractor_));
  ++*alive_;
}

LiveVersion::~LiveVersion() {
  // Counted when all is gone.
  free_.clear();
  shared_.reset();
  tiered_.reset();
  extractor_.reset();
  --*alive_;
}

std::unique_ptr<LiveMemory> LiveVersion::take() {
  {
    std::lock_guard lock(mutex_);
    most_ = std::max(most_, ++calls_);
    if (!free_.empty()) {
      std::unique_ptr<LiveMemory> memory = std::move(free_.back());
      free_.pop_back();
      return memory;
    }
    // So that no call that ends has to make room.
    try {
      free_.reserve(most_);
    } catch (...) {
      --calls_;
      throw;
    }
  }
  try {
    return newMemory_(*extractor_);
  } catch (...) {
    std::lock_guard lock(mutex_);
    --calls_;
    throw;
  }
}

void LiveVersion::give(std::unique_ptr<LiveMemory> memory) {
  // One that has been idle for long beside the one that comes back: freed without the lock.
  std::unique_ptr<LiveMemory> idle;
  std::lock_guard lock(mutex_);
  size_t kept = kept_.keep(calls_);
  --calls_;
  if (retired_) return;
  if (!free_.empty() && free_.size() + 1 + calls_ > kept) {
    idle = std::move(free_.front());
    free_.erase(free_.begin());
  }
  free_.push_back(std::move(memory));
}

size_t LiveVersion::most() const {
  std::lock_guard lock(mutex_);
  return most_;
}

void LiveVersion::retire() {
  std::vector<std::unique_ptr<LiveMemory>> freed;
  std::lock_guard lock(mutex_);
  retired_ = true;
  freed.swap(free_);
}

}  // namespace featc
