// SPDX-License-Identifier: Apache-2.0
// An executable that answers from a first engine at once and from a better one as soon as there is one.
#include "engine/tiered.h"

#include <algorithm>
#include <vector>

#include "support/survive.h"

namespace featc {

namespace {

bool sameLayout(const ProgramLayout& a, const ProgramLayout& b) {
  auto sameColumn = [](const CallColumn& x, const CallColumn& y) {
    return x.scope == y.scope && x.type == y.type && x.phase == y.phase;
  };
  auto sameField = [](const FieldRead& x, const FieldRead& y) { return x.field == y.field && x.column == y.column; };
  auto sameRead = [&](const ReadStep& x, const ReadStep& y) {
    return x.source == y.source && x.phase == y.phase && x.neededBy == y.neededBy && x.scope == y.scope &&
           x.keyColumns == y.keyColumns && x.aligned == y.aligned && std::ranges::equal(x.fields, y.fields, sameField);
  };
  return a.phases == b.phases && a.makesValues == b.makesValues && a.inputUsed == b.inputUsed &&
         std::ranges::equal(a.columns, b.columns, sameColumn) && std::ranges::equal(a.reads, b.reads, sameRead);
}

}  // namespace

// The scratches that have no memory of the second engine yet.
struct TieredExecutable::Scratches {
  std::mutex mutex;
  std::vector<TieredScratch*> bare;
};

// Both engines' memory side by side. `second` of a bare scratch is written by promote() under the lock,
// before secondReady_; its owner looks at it only after it saw secondReady_.
struct TieredExecutable::TieredScratch : EngineScratch {
  std::unique_ptr<EngineScratch> first;
  std::unique_ptr<EngineScratch> second;
  std::shared_ptr<Scratches> owners;  // while it is bare

  ~TieredScratch() override {
    if (owners == nullptr) return;
    std::lock_guard lock(owners->mutex);
    std::erase(owners->bare, this);
  }
};

TieredExecutable::TieredExecutable(std::shared_ptr<const Executable> first)
    : first_(std::move(first)), scratches_(std::make_shared<Scratches>()) {}

TieredExecutable::~TieredExecutable() = default;

// The engines' layouts differ only in what each can do with (inputFlat), and no call goes back to the first.
const ProgramLayout& TieredExecutable::layout() const {
  const Executable* second = secondReady_.load(std::memory_order_acquire);
  return second == nullptr ? first_->layout() : second->layout();
}

std::unique_ptr<EngineScratch> TieredExecutable::newScratch() const {
  auto scratch = std::make_unique<TieredScratch>();
  if (secondReady_.load(std::memory_order_acquire) == nullptr) {
    scratch->first = first_->newScratch();
    scratch->owners = scratches_;
    std::lock_guard lock(scratches_->mutex);
    // Under the lock either promote() still sees this scratch, or it is done.
    if (secondReady_.load(std::memory_order_acquire) == nullptr) {
      scratches_->bare.push_back(scratch.get());
      return scratch;
    }
  }
  scratch->second = second_->newScratch();
  return scratch;
}

void TieredExecutable::run(ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) const {
  auto& scratch = static_cast<TieredScratch&>(*shard.scratch);
  const Executable* second = secondReady_.load(std::memory_order_acquire);
  ShardFrame part = shard;
  if (second == nullptr) {
    part.scratch = scratch.first.get();
    first_->run(part, phase, scope, begin, end);
    return;
  }
  // Once for a scratch: what the first engine kept there is of no more use.
  if (scratch.first != nullptr) scratch.first.reset();
  part.scratch = scratch.second.get();
  second->run(part, phase, scope, begin, end);
}

const char* TieredExecutable::engineName() const {
  const Executable* second = secondReady_.load(std::memory_order_acquire);
  return second == nullptr ? first_->engineName() : second->engineName();
}

void TieredExecutable::promote(std::shared_ptr<const Executable> second) {
  if (!sameLayout(first_->layout(), second->layout())) return fail("the two engines disagree about the program");
  second_ = std::move(second);
  {
    // The thread that promotes has a low priority: the lock is never held while memory is made.
    std::unique_ptr<EngineScratch> spare;
    std::unique_lock lock(scratches_->mutex);
    while (!scratches_->bare.empty()) {
      if (spare == nullptr) {
        lock.unlock();
        spare = second_->newScratch();
        lock.lock();
        continue;
      }
      scratches_->bare.back()->second = std::move(spare);
      scratches_->bare.pop_back();
    }
    secondReady_.store(second_.get(), std::memory_order_release);
  }
  std::lock_guard lock(mutex_);
  state_ = TierState::Ready;
  changed_.notify_all();
}

void TieredExecutable::fail(std::string_view reason) noexcept {
  std::lock_guard lock(mutex_);
  state_ = TierState::Failed;
  try {
    error_ = reason;
  } catch (...) {
    error_ = currentMessage();
  }
  changed_.notify_all();
}

TierState TieredExecutable::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

std::string TieredExecutable::error() const {
  std::lock_guard lock(mutex_);
  return error_;
}

TierState TieredExecutable::wait(std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  // A clock's end overflows.
  changed_.wait_for(lock, std::min<std::chrono::milliseconds>(timeout, std::chrono::hours(24)),
                    [this] { return state_ != TierState::Pending; });
  return state_;
}

}  // namespace featc
