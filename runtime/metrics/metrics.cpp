// SPDX-License-Identifier: Apache-2.0
// What a server measures of itself, in Prometheus' text format.
#include "runtime/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <vector>

#include "runtime/metrics/call_metrics.h"
#include "runtime/metrics/store_metrics.h"
#include "support/survive.h"

namespace featc {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;

template <class Build>
auto& family(prometheus::Registry& registry, Build build, const char* name, const char* help) {
  return build().Name(name).Help(help).Register(registry);
}

Family<Counter>& counters(prometheus::Registry& registry, const char* name, const char* help) {
  return family(registry, prometheus::BuildCounter, name, help);
}

Family<Gauge>& gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return family(registry, prometheus::BuildGauge, name, help);
}

void setTo(Counter& counter, uint64_t value) {
  double more = static_cast<double>(value) - counter.Value();
  if (more > 0) counter.Increment(more);
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  CallFamilies calls{registry};

  Family<Counter>& degraded = counters(registry, "featc_degraded_requests_total",
                                       "Requests answered with values missing because reads failed or were late");
  Family<Counter>& degradedSources = counters(registry, "featc_degraded_source_requests_total", "The same by source");
  Family<Counter>& rejected =
      counters(registry, "featc_rejected_requests_total", "Requests that got no features, by reason");

  Family<Gauge>& version = gauges(registry, "featc_config_version", "Number of the version that serves, from 1");
  Family<Gauge>& info = gauges(registry, "featc_config_info", "1 for the fingerprint of the version that serves");
  Family<Gauge>& failing = gauges(registry, "featc_config_failing", "1 when the newest content could not be loaded");
  Family<Gauge>& alive = gauges(registry, "featc_config_versions_alive",
                                "Versions in memory: the serving one and those of calls under way");
  Family<Gauge>& attempt = gauges(registry, "featc_config_attempt_seconds",
                                  "How long the current attempt to load has taken; 0 if there is none");
  Family<Counter>& reloads = counters(registry, "featc_config_reloads_total", "Attempts to load a version, by outcome");
  Family<Counter>& survivedErrors =
      counters(registry, "featc_survived_errors_total", "Exceptions that no caller could handle");

  struct WatchedConfig {
    std::function<ConfigState()> state;
    Gauge* shown = nullptr;  // of `info`
    uint64_t fingerprint = 0;
  };
  struct WatchedGauge {
    Gauge* gauge = nullptr;
    std::function<double()> now;
  };
  std::mutex mutex;
  std::map<std::string, WatchedConfig> configs;
  std::vector<WatchedGauge> watched;
  std::function<std::vector<StoreState>()> stores;

  void refresh();
  void refresh(const std::string& name, WatchedConfig& config);
  void remove(const std::string& name);
};

void Metrics::Families::refresh() {
  std::lock_guard lock(mutex);
  // What is watched may fail by itself: all other numbers are told.
  for (auto& [name, config] : configs) survive("the state of a config", [&] { refresh(name, config); });
  for (const WatchedGauge& gauge : watched) survive("a watched gauge", [&] { gauge.gauge->Set(gauge.now()); });
  for (const Survived& place : survivedSoFar()) setTo(survivedErrors.Add({{"where", place.where}}), place.times);
}

void Metrics::Families::refresh(const std::string& name, WatchedConfig& config) {
  ConfigState state = config.state();
  version.Add({{"config", name}}).Set(static_cast<double>(state.version));
  failing.Add({{"config", name}}).Set(state.failing ? 1 : 0);
  alive.Add({{"config", name}}).Set(static_cast<double>(state.alive));
  attempt.Add({{"config", name}}).Set(state.attemptSeconds);
  setTo(reloads.Add({{"config", name}, {"outcome", "swapped"}}), state.swaps);
  setTo(reloads.Add({{"config", name}, {"outcome", "failed"}}), state.failures);
  if (config.fingerprint == state.fingerprint) return;
  if (config.shown != nullptr) info.Remove(config.shown);
  config.fingerprint = state.fingerprint;
  config.shown = &info.Add({{"config", name}, {"fingerprint", fingerprintText(state.fingerprint)}});
  config.shown->Set(1);
}

void Metrics::Families::remove(const std::string& name) {
  std::lock_guard lock(mutex);
  auto at = configs.find(name);
  if (at == configs.end()) return;
  if (at->second.shown != nullptr) info.Remove(at->second.shown);
  for (Family<Gauge>* gauge : {&version, &failing, &alive, &attempt}) gauge->Remove(&gauge->Add({{"config", name}}));
  configs.erase(at);
}

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

std::unique_ptr<RunObserver> Metrics::observe(const std::string& config, const Extractor& extractor) {
  return std::make_unique<CallMetrics>(families_->calls, config, extractor);
}

void Metrics::countDegraded(const std::string& config, std::span<const std::string> sources) {
  if (sources.empty()) return;
  families_->degraded.Add({{"config", config}}).Increment();
  for (const std::string& source : sources)
    families_->degradedSources.Add({{"config", config}, {"source", source}}).Increment();
}

void Metrics::countRejected(const std::string& config, const std::string& reason) {
  families_->rejected.Add({{"config", config}, {"reason", reason}}).Increment();
}

void Metrics::watchConfig(const std::string& config, std::function<ConfigState()> state) {
  std::lock_guard lock(families_->mutex);
  families_->configs[config].state = std::move(state);
}

void Metrics::removeConfig(const std::string& config) { families_->remove(config); }

void Metrics::watchGauge(const std::string& name, const std::string& help, const std::string& label,
                         const std::string& value, std::function<double()> now) {
  std::lock_guard lock(families_->mutex);
  Gauge& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(families_->registry).Add({{label, value}});
  families_->watched.push_back({&gauge, std::move(now)});
}

void Metrics::watchStores(std::function<std::vector<StoreState>()> stores) {
  std::lock_guard lock(families_->mutex);
  families_->stores = std::move(stores);
}

std::string Metrics::text() const {
  families_->refresh();
  std::vector<prometheus::MetricFamily> all = families_->registry.Collect();
  {
    std::lock_guard lock(families_->mutex);
    if (families_->stores)
      survive("the states of stores",
              [&] { std::ranges::move(storeFamilies(families_->stores()), std::back_inserter(all)); });
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, all);
  return out.str();
}

}  // namespace featc
