// SPDX-License-Identifier: Apache-2.0
// The C interface to configs that are replaced while they serve.
#define FEATC_NO_DEPRECATED  // it has those functions too
#include "featc/live.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/aot/session.h"
#include "engine/c_options.h"
#include "engine/config_watcher.h"
#include "engine/live_config.h"
#include "engine/live_metrics.h"
#include "runtime/metrics/metrics.h"
#include "stores/kept_stores.h"
#include "stores/store_states.h"
#include "support/survive.h"

namespace {

using namespace featc;

// A call's session, which holds its version while the call lasts.
struct LiveSession final : LiveMemory, featc_session {
  explicit LiveSession(const featc_extractor& owner) : featc_session(owner) {}
  LiveCall call;
};

// What a version has beside its code. Sessions keep it longer than the handle lives.
struct LiveParts final : featc_extractor {
  LiveParts(const Extractor& made, const std::string& name, std::shared_ptr<Metrics> kept, OpenOptions options)
      : metrics(std::move(kept)), observer(metrics->observe(name, made)) {
    extractor = std::make_shared<Extractor>(made);
    options.seda.observer = observer.get();
    finishOpening(*this, options);
  }
  // The executor tells the observer.
  ~LiveParts() override { seda.reset(); }
  LiveParts(const LiveParts&) = delete;
  LiveParts& operator=(const LiveParts&) = delete;
  std::shared_ptr<Metrics> metrics;
  std::unique_ptr<RunObserver> observer;
};

featc_reload outcomeOf(ReloadOutcome outcome) {
  switch (outcome) {
    case ReloadOutcome::Swapped: return FEATC_RELOAD_SWAPPED;
    case ReloadOutcome::Unchanged: return FEATC_RELOAD_UNCHANGED;
    case ReloadOutcome::Failed: break;
  }
  return FEATC_RELOAD_FAILED;
}

}  // namespace

struct featc_live {
  std::shared_ptr<Metrics> metrics = std::make_shared<Metrics>();
  std::shared_ptr<LiveConfig> config;
  std::optional<ConfigWatcher> watcher;
};

namespace {

// What is odd in a store's rows has no place to be told: it is as if the rows were absent.
Expected<std::shared_ptr<Store>> openKept(const KeptStores::Entry& entry, std::span<const SourceInfo> sources) {
  std::string unread;
  return openStoreOf(entry.source.empty() ? "default" : entry.source, entry.url, sources, unread);
}

Expected<std::unique_ptr<featc_live>> open(const char* path, const featc_open_options* given) {
  if (path == nullptr) return nullArgument("path");
  Expected<OpenOptions> known = readOpenOptions(given);
  if (!known) return known.error();
  LiveOptions options;
  if (Error error = readLoadOptions(*known, options.load)) return error;
  std::vector<KeptStores::Entry> entries;
  for (const featc_store& store : std::span(known->given.stores, known->given.store_count))
    entries.push_back({store.source == nullptr ? "" : store.source, store.url == nullptr ? "" : store.url});
  auto stores = std::make_shared<KeptStores>(std::move(entries), openKept);
  options.load.bindStores = [stores](const ProgramInfo& info, StoreBinding& binding) {
    return stores->bind(info, binding);
  };
  auto live = std::make_unique<featc_live>();
  std::string name = std::filesystem::path(path).stem().string();
  // What the caller's pointers lead to may be gone by the next reload.
  OpenOptions kept = *known;
  kept.given = {};
  options.newShared = [name, metrics = live->metrics, kept](const Extractor& extractor) {
    return std::make_shared<LiveParts>(extractor, name, metrics, kept);
  };
  options.newMemory = [](const Extractor& extractor) {
    featc_extractor owner;
    owner.extractor = std::make_shared<Extractor>(extractor);
    return std::make_unique<LiveSession>(owner);
  };
  live->config = LiveConfig::open(path, std::move(options));
  if (live->config->current() == nullptr) {
    const ReloadReport why = *live->config->status().lastFailure;
    return Error(why.problem, why.code, path);
  }
  watchLiveConfig(*live->metrics, name, live->config);
  live->metrics->watchStores([stores] { return storeStates(*stores); });
  const std::chrono::milliseconds every(known->given.watch_milliseconds);
  if (every.count() > 0) live->watcher.emplace(std::vector{live->config}, every);
  return live;
}

}  // namespace

extern "C" {

featc_failure featc_open_live(const char* path, const featc_open_options* options, featc_live** live, char** error) {
  return guardedOpen(live, error, [&] { return open(path, options); });
}

featc_live* featc_live_open(const char* path, const featc_options* options, uint32_t watch_milliseconds, char** error) {
  featc_open_options known = openOptionsOf(options);
  known.watch_milliseconds = watch_milliseconds;
  featc_live* live = nullptr;
  featc_open_live(path, &known, &live, error);
  return live;
}

void featc_live_free(featc_live* live) { delete live; }

featc_reload featc_live_reload(featc_live* live, char** error) {
  if (error != nullptr) *error = nullptr;
  try {
    ReloadReport report = live->config->reload();
    if (report.outcome == ReloadOutcome::Failed && error != nullptr) *error = copyText(report.problem);
    return outcomeOf(report.outcome);
  } catch (...) {
    if (error != nullptr) *error = copyText(currentMessage());
    return FEATC_RELOAD_FAILED;
  }
}

void featc_live_get_status(const featc_live* live, featc_live_status* out) {
  thread_local std::string lastError;
  *out = {};
  out->last_error = "";
  try {
    LiveStatus status = live->config->status();
    out->version = status.version->info().number;
    out->fingerprint = status.version->info().fingerprint;
    out->swaps = status.swaps;
    out->failures = status.failures;
    out->alive = status.alive;
    out->failing = status.failing ? 1 : 0;
    if (!status.lastFailure) return;
    lastError = status.lastFailure->problem;
    out->last_error = lastError.c_str();
    out->last_error_time = std::chrono::system_clock::to_time_t(status.lastFailure->at);
  } catch (...) {
    // No memory for the text: the numbers are there.
  }
}

char* featc_metrics_text(const featc_live* live) {
  try {
    return copyText(live->metrics->text());
  } catch (...) {
    return nullptr;
  }
}

featc_session* featc_live_begin(featc_live* live) {
  try {
    LiveCall call = live->config->begin();
    auto& session = call.memory<LiveSession>();
    featc_call_options none{};
    featc_set_call_options(&session, &none);
    featc_set_call_limits(&session, nullptr);
    const auto& parts = call.version().shared<LiveParts>();
    session.options.observer = parts.observer.get();
    session.seda = parts.seda.get();
    session.call = std::move(call);
    return &session;
  } catch (...) {
    return nullptr;
  }
}

void featc_live_end(featc_session* session) {
  // The executor still uses the session for a call that nobody has waited for.
  if (std::shared_ptr<AwaitedCall> awaited = std::exchange(session->awaited, nullptr)) awaited->wait();
  // The call owns the memory that the session lies in.
  LiveCall ending = std::move(static_cast<LiveSession*>(session)->call);
}

const featc_extractor* featc_live_extractor(const featc_session* session) {
  return &static_cast<const LiveSession*>(session)->call.version().shared<LiveParts>();
}

}  // extern "C"
