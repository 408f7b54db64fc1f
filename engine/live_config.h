// SPDX-License-Identifier: Apache-2.0
// A config that is replaced while it serves: a changed one is compiled beside it, then takes its place.
//
//   std::shared_ptr<featc::LiveConfig> live = featc::LiveConfig::open("takeaway.feat", options);
//   featc::ConfigWatcher watcher({live}, std::chrono::milliseconds(500));  // or live->reload(), when told
//
//   featc::LiveCall call = live->begin();  // on any thread, for each call
//   if (!call) ...live->status().lastFailure says why there is no version yet...
//   call.extractor().run(batch, call.memory().scratch, call.memory().result);
//
// docs/reloading.md tells how servers use it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "engine/config_files.h"
#include "engine/live_version.h"
#include "engine/open_config.h"

namespace featc {

class LiveConfig;

enum class ReloadOutcome : uint8_t {
  Swapped,    // a new version serves
  Unchanged,  // the config means what it meant: the version that serves goes on
  Failed,     // `problem` says why; the version that serves goes on
};

struct ReloadReport {
  ReloadOutcome outcome = ReloadOutcome::Failed;
  std::string problem;               // diagnostics, or what else went wrong
  ErrorCode code = ErrorCode::None;  // of the problem, as openConfig() gives it
  std::string warnings;              // of a config that is good
  std::chrono::system_clock::time_point at;
  double seconds = 0;
};

struct LiveOptions {
  // `load.bindStores` is asked for each version: give it stores that live on (KeptStores). `load.engine.engine`
  // holds for the first version; later ones are compiled before they serve, unless Interp is asked for.
  // `load.engine.pool` compiles, the first version excepted.
  LoadOptions load;
  // What a version has beside its code, made before it serves and gone with it: writers, an executor.
  LiveVersion::NewShared newShared;
  // What a call needs; left out: a CallRoom. A reload makes it for as many calls as were under way at once, so
  // that the first ones need not.
  LiveVersion::NewMemory newMemory;
  // Told of each attempt, the first one too, on the thread that made it. Must not reload. What it throws ends there.
  std::function<void(const LiveConfig& config, const ReloadReport& report)> onReload;
};

// How a config has fared.
struct LiveStatus {
  std::shared_ptr<const LiveVersion> version;  // that serves; null: there was no good one yet
  uint64_t swaps = 0;                          // versions that came to serve, the first one too
  uint64_t failures = 0;
  std::optional<ReloadReport> lastFailure;
  bool failing = false;  // the newest attempt failed: what the files hold is not what serves
  uint64_t alive = 0;    // versions in memory: the one that serves and those that calls still use
  // How long the attempt under way has taken so far, or has waited for a compile thread; 0: none is under way. One that
  // takes minutes hangs in a fn of a plug-in or in code generation; it holds up no other config.
  double attemptSeconds = 0;
};

// Thread-safe.
class LiveConfig final : public std::enable_shared_from_this<LiveConfig> {
 public:
  // Loads the first version on this thread. Whatever is wrong with it: the config is there, and serves as
  // soon as a reload succeeds.
  static std::shared_ptr<LiveConfig> open(const std::filesystem::path& path, LiveOptions options);
  // The same on the compile threads, without waiting.
  static std::shared_ptr<LiveConfig> openLater(const std::filesystem::path& path, LiveOptions options);
  ~LiveConfig();
  LiveConfig(const LiveConfig&) = delete;
  LiveConfig& operator=(const LiveConfig&) = delete;

  const std::filesystem::path& path() const { return path_; }
  LiveStatus status() const;
  // The version that serves; null when there is none. Whoever keeps it keeps its code.
  std::shared_ptr<const LiveVersion> current() const;

  // The version that serves, and memory for one call of it; empty when there is none. A call that begins
  // after reload() has returned sees the new version.
  LiveCall begin() const;

  // Compiles what the files hold now, on the compile threads, and returns when it serves or has failed. Not
  // from onReload or a job of the pool.
  ReloadReport reload();
  // The same without waiting: onReload and status() tell.
  void startReload();
  // Starts a reload if the files have changed and then stayed the same from one call of poll() to the next (so a file
  // that is being written is left alone), or if the last reload failed for lack of memory. Returns whether one started.
  bool poll();

 private:
  class ReloadJob;
  struct Attempt;

  LiveConfig(std::filesystem::path path, LiveOptions options);
  // The number of an attempt that starts after this.
  uint64_t submit();
  void submitJob() noexcept;
  void runAttempt() noexcept;
  void giveUp(std::string_view why) noexcept;
  Attempt attempt(bool first);
  void load(bool first, Attempt& attempt) const;
  void record(Attempt attempt);
  void note(const ReloadReport& report);

  const std::filesystem::path path_;
  const LiveOptions options_;
  const std::shared_ptr<std::atomic<uint64_t>> alive_ = std::make_shared<std::atomic<uint64_t>>(0);

  mutable std::mutex mutex_;
  std::condition_variable finished_;
  std::shared_ptr<LiveVersion> version_;
  uint64_t swaps_ = 0;
  uint64_t failures_ = 0;
  ReloadReport lastReport_;
  std::optional<ReloadReport> lastFailure_;
  // Attempts asked for and done, by number: whoever asks while one runs gets one that starts later.
  uint64_t asked_ = 0;
  uint64_t done_ = 0;
  bool running_ = false;
  std::chrono::steady_clock::time_point runningSince_;  // if so

  std::mutex filesMutex_;                // poll() looks at files without holding up calls
  ConfigFiles files_;                    // of the newest attempt that was complete
  bool complete_ = false;                // the newest attempt was: it failed for nothing but what the files hold
  std::optional<uint64_t> changedLook_;  // of changed files, at the poll before
};

}  // namespace featc
