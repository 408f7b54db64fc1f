/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/reloading.md at 9e30a05, unchanged between the lines. */
#include "engine/live_config.h"
#include "featc/live.hpp"
#include "runtime/reads/kept_stores.h"

void snippet(featc::KeptStores& stores, const featc::Batch& batch) {
/* --- */
featc::LiveOptions options;
options.load.bindStores = [&](const featc::ProgramInfo& info, featc::StoreBinding& binding) {
  return stores.bind(info, binding);  // featc::KeptStores: opened once, kept from version to version
};
auto live = featc::LiveConfig::open("takeaway.feat", options);
featc::ConfigWatcher watcher({live}, std::chrono::milliseconds(500));

// for each request, on any thread
featc::LiveCall call = live->begin();
auto& room = call.memory<featc::CallRoom>();
call.extractor().run(batch, room.scratch, room.result);
/* --- */
}
