// SPDX-License-Identifier: Apache-2.0
// What a server measures of itself, in Prometheus' text format. docs/serving.md lists the metrics.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/calls/extractor.h"
#include "runtime/reads/store_stats.h"
#include "runtime/run_observer.h"

namespace featc {

// What a config is at this moment.
struct ConfigState {
  uint64_t version = 0;  // 0: none serves
  uint64_t fingerprint = 0;
  uint64_t swaps = 0;
  uint64_t failures = 0;
  bool failing = false;
  uint64_t alive = 0;         // versions in memory
  double attemptSeconds = 0;  // of the attempt to load under way; 0: none is
};

// Thread-safe. Must outlive the observers that it makes.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Measures the calls of one extractor that are given the observer (CallOptions::observer). Those of
  // all extractors with the same `config` count together: a reloaded config's series go on.
  std::unique_ptr<RunObserver> observe(const std::string& config, const Extractor& extractor);

  // A request that was answered though reads of `sources` failed, came late or did not parse.
  void countDegraded(const std::string& config, std::span<const std::string> sources);
  // A request that got no features, for one of a few reasons: `overload`, `bad_request`.
  void countRejected(const std::string& config, const std::string& reason);

  // Asked whenever text() is, until the config is removed.
  void watchConfig(const std::string& config, std::function<ConfigState()> state);
  void removeConfig(const std::string& config);
  // A number that is looked up whenever text() is asked for: `featc_queue_length` with label stage="fetch".
  void watchGauge(const std::string& name, const std::string& help, const std::string& label, const std::string& value,
                  std::function<double()> now);

  // Asked whenever text() is: the stores that are open then.
  void watchStores(std::function<std::vector<StoreState>()> stores);

  // All of it. Content type: text/plain; version=0.0.4
  std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace featc
