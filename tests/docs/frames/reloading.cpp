// SPDX-License-Identifier: Apache-2.0
#include "engine/config_watcher.h"
#include "engine/live_config.h"
#include "stores/kept_stores.h"

void snippet(featc::KeptStores& stores, const featc::Batch& batch) {
#include SNIPPET
}
