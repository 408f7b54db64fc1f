// SPDX-License-Identifier: Apache-2.0
// The C interface's way from a config to an extractor.
#include "engine/c_api.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "engine/aot/handles.h"
#include "engine/c_load.h"

namespace {

using namespace featc;

// What featc_load makes; the rest of the interface sees its base.
struct LoadedExtractor final : featc_extractor {
  std::shared_ptr<const TieredExecutable> tiered;  // null where nothing is compiled in the background
};

const TieredExecutable* tieredOf(const featc_extractor* extractor) {
  const auto* loaded = dynamic_cast<const LoadedExtractor*>(extractor);
  return loaded == nullptr ? nullptr : loaded->tiered.get();
}

std::unique_ptr<featc_extractor> load(const char* path, const featc_options& options, std::string& error) {
  LoadOptions load;
  error = readOptions(options, load);
  if (!error.empty()) return nullptr;
  auto out = std::make_unique<LoadedExtractor>();
  std::string storeWarnings;
  load.bindStores = [&](const ProgramInfo& info, StoreBinding& stores) {
    return featc::bindStores({options.stores, options.store_count}, info, stores, storeWarnings);
  };
  LoadedConfig loaded = loadExtractor(path, load);
  if (loaded.made.extractor == nullptr) {
    error = loaded.problem();
    return nullptr;
  }
  out->warnings = loaded.config.diagnosticsText() + storeWarnings;
  out->tiered = std::move(loaded.made.tiered);
  out->extractor = std::move(loaded.made.extractor);
  describe(*out);
  return out;
}

}  // namespace

featc_extractor* featc_load(const char* path, const featc_options* options, char** error) {
  return guardedLoad(
      error, [&](std::string& reason) { return load(path, options == nullptr ? featc_options{} : *options, reason); });
}

featc_tier featc_wait_native(const featc_extractor* extractor, uint32_t milliseconds) {
  if (const TieredExecutable* tiered = tieredOf(extractor)) {
    switch (tiered->wait(std::chrono::milliseconds(milliseconds))) {
      case TierState::Pending: return FEATC_TIER_PENDING;
      case TierState::Ready: return FEATC_TIER_NATIVE;
      case TierState::Failed: return FEATC_TIER_INTERP;
    }
  }
  bool native = std::string_view(extractor->extractor->executable().engineName()) == "jit";
  return native ? FEATC_TIER_NATIVE : FEATC_TIER_INTERP;
}

const char* featc_native_error(const featc_extractor* extractor) {
  thread_local std::string error;
  try {
    const TieredExecutable* tiered = tieredOf(extractor);
    error = tiered == nullptr ? std::string() : tiered->error();
  } catch (...) {
    error.clear();
  }
  return error.c_str();
}
