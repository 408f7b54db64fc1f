// SPDX-License-Identifier: Apache-2.0
// A config that is replaced while it serves.
#include "engine/live_config.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "runtime/calls/run_errors.h"
#include "support/survive.h"

namespace featc {

namespace {

using Clock = std::chrono::steady_clock;

// How often, and with which pauses, a config is read again because its files changed meanwhile.
constexpr int kMostReads = 5;
constexpr std::chrono::milliseconds kReadPause{20};

// A version's code may take milliseconds to take apart: not on the thread of its last call.
class FreeJob final : public CompileJob {
 public:
  explicit FreeJob(std::unique_ptr<LiveVersion> version) : version_(std::move(version)) {}
  void run() override { version_.reset(); }

 private:
  std::unique_ptr<LiveVersion> version_;
};

std::shared_ptr<LiveVersion> freedBy(CompilePool& pool, std::unique_ptr<LiveVersion> version) {
  return {version.release(), [&pool](LiveVersion* last) {
            std::unique_ptr<LiveVersion> owned(last);
            try {
              pool.submit(std::make_unique<FreeJob>(std::move(owned)));
            } catch (...) {
              // No memory for the job: it goes here.
            }
          }};
}

std::unique_ptr<LiveMemory> plainMemory(const Extractor& extractor) { return std::make_unique<CallRoom>(extractor); }

LiveOptions completed(LiveOptions options) {
  if (options.load.engine.pool == nullptr) options.load.engine.pool = &CompilePool::shared();
  if (!options.newMemory) options.newMemory = plainMemory;
  return options;
}

}  // namespace

struct LiveConfig::Attempt {
  ReloadReport report;
  std::shared_ptr<LiveVersion> version;  // when swapped
  ConfigFiles files;
  bool complete = false;  // nothing was thrown: the same files would lead to the same
};

class LiveConfig::ReloadJob final : public CompileJob {
 public:
  explicit ReloadJob(std::weak_ptr<LiveConfig> config) : config_(std::move(config)) {}
  void drop(std::string_view why) noexcept override {
    if (auto config = config_.lock()) config->giveUp(why);
  }
  void run() override {
    if (auto config = config_.lock()) config->runAttempt();
  }

 private:
  std::weak_ptr<LiveConfig> config_;
};

LiveConfig::LiveConfig(std::filesystem::path path, LiveOptions options)
    : path_(std::move(path)), options_(completed(std::move(options))) {}

LiveConfig::~LiveConfig() {
  if (version_ != nullptr) version_->retire();
}

std::shared_ptr<LiveConfig> LiveConfig::open(const std::filesystem::path& path, LiveOptions options) {
  std::shared_ptr<LiveConfig> config(new LiveConfig(path, std::move(options)));
  config->record(config->attempt(true));
  return config;
}

std::shared_ptr<LiveConfig> LiveConfig::openLater(const std::filesystem::path& path, LiveOptions options) {
  std::shared_ptr<LiveConfig> config(new LiveConfig(path, std::move(options)));
  config->submit();
  return config;
}

// -- Calls --------------------------------------------------------------------------------------------

std::shared_ptr<const LiveVersion> LiveConfig::current() const {
  std::lock_guard lock(mutex_);
  return version_;
}

LiveCall LiveConfig::begin() const {
  std::shared_ptr<LiveVersion> version;
  {
    std::lock_guard lock(mutex_);
    version = version_;
  }
  return LiveCall(std::move(version));
}

LiveStatus LiveConfig::status() const {
  std::lock_guard lock(mutex_);
  double attempt = running_ ? std::chrono::duration<double>(Clock::now() - runningSince_).count() : 0;
  bool failing = lastReport_.outcome == ReloadOutcome::Failed;
  return {version_, swaps_, failures_, lastFailure_, failing, alive_->load(), attempt};
}

// -- Reloads ------------------------------------------------------------------------------------------

ReloadReport LiveConfig::reload() {
  uint64_t number = submit();
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [&] { return done_ >= number; });
  return lastReport_;
}

void LiveConfig::startReload() { submit(); }

bool LiveConfig::poll() {
  {
    std::lock_guard lock(mutex_);
    if (running_) return false;
  }
  std::lock_guard lock(filesMutex_);
  if (complete_ && !files_.changed()) {
    changedLook_.reset();
    return false;
  }
  uint64_t look = files_.look();
  if (std::exchange(changedLook_, look) != look) return false;
  submit();
  return true;
}

uint64_t LiveConfig::submit() {
  uint64_t number = 0;
  {
    std::lock_guard lock(mutex_);
    number = ++asked_;
    if (std::exchange(running_, true)) return number;
    runningSince_ = Clock::now();
  }
  submitJob();
  return number;
}

void LiveConfig::submitJob() noexcept {
  try {
    options_.load.engine.pool->submit(std::make_unique<ReloadJob>(weak_from_this()));
  } catch (...) {
    giveUp(currentMessage());
  }
}

void LiveConfig::runAttempt() noexcept {
  uint64_t number = 0;
  {
    std::lock_guard lock(mutex_);
    number = asked_;
  }
  {
    std::lock_guard lock(filesMutex_);
    complete_ = false;
  }
  try {
    record(attempt(false));
  } catch (...) {
    return giveUp(currentMessage());
  }
  bool again = false;
  {
    std::lock_guard lock(mutex_);
    done_ = number;
    again = running_ = asked_ > done_;
    runningSince_ = Clock::now();
    finished_.notify_all();
  }
  if (again) submitJob();
}

// Every attempt that was asked for has failed.
void LiveConfig::giveUp(std::string_view why) noexcept {
  std::lock_guard lock(mutex_);
  lastReport_ = {};
  lastReport_.at = std::chrono::system_clock::now();
  ++failures_;
  survive("noting why a reload failed", [&] {
    lastReport_.problem = why;
    lastReport_.code = ErrorCode::Failed;
    lastFailure_ = lastReport_;
  });
  done_ = asked_;
  running_ = false;
  finished_.notify_all();
}

LiveConfig::Attempt LiveConfig::attempt(bool first) {
  Clock::time_point start = Clock::now();
  Attempt attempt;
  try {
    load(first, attempt);
    attempt.complete = true;
  } catch (...) {
    Error error = currentError();
    attempt.report.problem = std::move(error.message);
    attempt.report.code = error.code;
  }
  attempt.report.at = std::chrono::system_clock::now();
  attempt.report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return attempt;
}

void LiveConfig::load(bool first, Attempt& attempt) const {
  OpenedGraph config;
  bool whole = false;
  for (int i = 0; i < kMostReads && !whole; ++i) {
    if (i > 0) std::this_thread::sleep_for(kReadPause);
    config = openGraph(path_, options_.load.frontend, options_.load.engine.cache, options_.load.engine.codegen);
    attempt.files = ConfigFiles(config.files, config.unreadFiles);
    whole = !attempt.files.changed();
  }
  ReloadReport& report = attempt.report;
  if (!config.ok) {
    Error error = graphError(config, path_);
    report.problem = std::move(error.message);
    report.code = error.code;
    return;
  }
  report.warnings = config.diagnosticsText();
  if (!whole) {
    report.problem = "the files of the config change while they are read";
    report.code = ErrorCode::Failed;
    return;
  }
  std::shared_ptr<const LiveVersion> serving = current();
  uint64_t fingerprint = config.graph.info().fingerprint;
  if (serving != nullptr && serving->info().fingerprint == fingerprint) {
    report.outcome = ReloadOutcome::Unchanged;
    return;
  }
  LoadOptions options = options_.load;
  // The interpreter in between would answer slower than what serves already.
  if (!first && options.engine.engine == EngineKind::Tiered) options.engine.engine = EngineKind::Jit;
  Expected<ExtractorResult> made = makeExtractor(config, options);
  if (!made) {
    report.problem = made.error().message;
    report.code = made.error().code;
    return;
  }
  VersionInfo info;
  info.number = serving == nullptr ? 1 : serving->info().number + 1;
  info.fingerprint = fingerprint;
  info.warnings = report.warnings;
  info.since = std::chrono::system_clock::now();
  size_t ready = serving == nullptr ? 0 : serving->most();
  attempt.version =
      freedBy(*options.engine.pool, std::make_unique<LiveVersion>(std::move(info), *std::move(made), options_.newShared,
                                                                  options_.newMemory, ready, alive_));
  report.outcome = ReloadOutcome::Swapped;
}

void LiveConfig::record(Attempt attempt) {
  std::shared_ptr<LiveVersion> old;
  {
    std::lock_guard lock(mutex_);
    note(attempt.report);
    if (attempt.version != nullptr) {
      old = std::exchange(version_, std::move(attempt.version));
      ++swaps_;
    }
  }
  {
    // Not before: what fails for lack of memory is tried again though no file changes.
    std::lock_guard lock(filesMutex_);
    if (attempt.complete) files_ = std::move(attempt.files);
    complete_ = attempt.complete;
    changedLook_.reset();
  }
  if (old != nullptr) old->retire();
  if (options_.onReload) survive("a callback of reloads", [&] { options_.onReload(*this, attempt.report); });
}

// All of it or, where it throws, nothing.
void LiveConfig::note(const ReloadReport& report) {
  ReloadReport last = report;
  if (report.outcome == ReloadOutcome::Failed) {
    lastFailure_ = report;
    ++failures_;
  }
  lastReport_ = std::move(last);
}

}  // namespace featc
