// SPDX-License-Identifier: Apache-2.0
// What metrics show of a live config: its version, its reloads, whether it fails.
#pragma once

#include <memory>
#include <string>

#include "engine/live_config.h"
#include "runtime/metrics/metrics.h"

namespace featc {

// Shows `live` under `name` until the config is gone or removed. The metrics do not keep the config.
void watchLiveConfig(Metrics& metrics, const std::string& name, const std::shared_ptr<LiveConfig>& live);

}  // namespace featc
