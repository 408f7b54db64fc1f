// SPDX-License-Identifier: Apache-2.0
// What metrics show of a live config.
#include "engine/live_metrics.h"

namespace featc {

namespace {

ConfigState stateOf(const LiveConfig& config) {
  LiveStatus status = config.status();
  ConfigState state{0, 0, status.swaps, status.failures, status.failing, status.alive, status.attemptSeconds};
  if (status.version != nullptr) {
    state.version = status.version->info().number;
    state.fingerprint = status.version->info().fingerprint;
  }
  return state;
}

}  // namespace

void watchLiveConfig(Metrics& metrics, const std::string& name, const std::shared_ptr<LiveConfig>& live) {
  metrics.watchConfig(name, [weak = std::weak_ptr(live)] {
    auto alive = weak.lock();
    return alive == nullptr ? ConfigState() : stateOf(*alive);
  });
}

}  // namespace featc
