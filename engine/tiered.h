// SPDX-License-Identifier: Apache-2.0
// An executable that answers from a first engine at once and from a better one as soon as there is one.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/executable.h"

namespace featc {

enum class TierState {
  Pending,  // the first engine answers, the second is being made
  Ready,    // the second engine answers
  Failed,   // there will be no second engine: the first goes on
};

// Both engines are of one graph, so they share its layout and each step of a call may run on either:
// what passes from step to step lies in the call's columns. A call that is under way when the second
// engine comes goes on with it at its next step, never the other way round.
class TieredExecutable final : public Executable {
 public:
  explicit TieredExecutable(std::shared_ptr<const Executable> first);
  ~TieredExecutable() override;

  const ProgramLayout& layout() const override;
  std::unique_ptr<EngineScratch> newScratch() const override;
  void run(ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) const override;
  // That of the engine which answers now.
  const char* engineName() const override;

  // Makes the second engine's memory for every scratch that exists, so that no call has to, then lets
  // it answer. Either of the two is called once at most.
  void promote(std::shared_ptr<const Executable> second);
  void fail(std::string_view reason) noexcept;

  TierState state() const;
  // Why the state is Failed; else empty.
  std::string error() const;
  // Returns when the state is no longer Pending, or at the timeout (of a day at most).
  TierState wait(std::chrono::milliseconds timeout) const;

 private:
  struct Scratches;
  struct TieredScratch;

  std::shared_ptr<const Executable> first_;
  std::shared_ptr<const Executable> second_;              // written once, before secondReady_
  std::atomic<const Executable*> secondReady_ = nullptr;  // what run() looks at
  std::shared_ptr<Scratches> scratches_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  TierState state_ = TierState::Pending;
  std::string error_;
};

}  // namespace featc
