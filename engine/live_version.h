// SPDX-License-Identifier: Apache-2.0
// One version of a live config, and a call's hold on it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "runtime/calls/extractor.h"
#include "runtime/kept_memory.h"

namespace featc {

// What a call of one version needs, kept by the version from call to call. Derive from it to keep what you
// like: a builder, a reader's buffers.
struct LiveMemory {
  LiveMemory() = default;
  virtual ~LiveMemory() = default;
  LiveMemory(const LiveMemory&) = delete;
  LiveMemory& operator=(const LiveMemory&) = delete;
};

// What every call needs.
struct CallRoom : LiveMemory {
  explicit CallRoom(const Extractor& extractor) : scratch(extractor) {}

  Scratch scratch;
  Result result;
};

// What is known of a version and does not change.
struct VersionInfo {
  uint64_t number = 0;       // from 1
  uint64_t fingerprint = 0;  // ir/fingerprint.h
  std::string warnings;      // the config's
  std::chrono::system_clock::time_point since;
  double seconds = 0;  // from reading the config until it could serve
};

// Everything that a call sees of a config, whole: schema, code, stores, memory.
class LiveVersion {
 public:
  using NewShared = std::function<std::shared_ptr<void>(const Extractor&)>;
  using NewMemory = std::function<std::unique_ptr<LiveMemory>(const Extractor&)>;

  // `alive` counts the versions there are. Makes memory for `ready` calls at a time. `newShared` may be empty.
  LiveVersion(VersionInfo info, ExtractorResult made, const NewShared& newShared, NewMemory newMemory, size_t ready,
              std::shared_ptr<std::atomic<uint64_t>> alive);
  ~LiveVersion();
  LiveVersion(const LiveVersion&) = delete;
  LiveVersion& operator=(const LiveVersion&) = delete;

  const VersionInfo& info() const { return info_; }
  const Extractor& extractor() const { return *extractor_; }
  // What LiveOptions::newShared made.
  template <class Shared>
  Shared& shared() const {
    return *static_cast<Shared*>(shared_.get());
  }
  // Null where nothing is compiled in the background.
  const TieredExecutable* tiered() const { return tiered_.get(); }

 private:
  friend class LiveCall;
  friend class LiveConfig;

  std::unique_ptr<LiveMemory> take();
  void give(std::unique_ptr<LiveMemory> memory);
  // The most calls that were under way at once.
  size_t most() const;
  // Frees the memory of calls; what calls still hold goes when they end. Those that end keep no more of it than as many
  // calls as there are at once of late need.
  void retire();

  VersionInfo info_;
  std::shared_ptr<const Extractor> extractor_;
  std::shared_ptr<const TieredExecutable> tiered_;
  std::shared_ptr<void> shared_;
  NewMemory newMemory_;
  std::shared_ptr<std::atomic<uint64_t>> alive_;

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<LiveMemory>> free_;
  size_t calls_ = 0;  // under way
  size_t most_ = 0;
  KeptCount kept_;
  bool retired_ = false;
};

// A call's hold on the version that it began with. Moved, not copied; used by one thread at a time.
class LiveCall {
 public:
  LiveCall() = default;
  explicit LiveCall(std::shared_ptr<LiveVersion> version)
      : version_(std::move(version)), memory_(version_ == nullptr ? nullptr : version_->take()) {}
  ~LiveCall() { end(); }
  LiveCall(LiveCall&& other) noexcept = default;
  LiveCall& operator=(LiveCall&& other) noexcept {
    end();
    version_ = std::move(other.version_);
    memory_ = std::move(other.memory_);
    return *this;
  }

  explicit operator bool() const { return version_ != nullptr; }
  const LiveVersion& version() const { return *version_; }
  const Extractor& extractor() const { return version_->extractor(); }
  template <class Memory = CallRoom>
  Memory& memory() const {
    return static_cast<Memory&>(*memory_);
  }

 private:
  void end() {
    if (memory_ != nullptr) version_->give(std::move(memory_));
    version_.reset();
  }

  std::shared_ptr<LiveVersion> version_;
  std::unique_ptr<LiveMemory> memory_;
};

}  // namespace featc
