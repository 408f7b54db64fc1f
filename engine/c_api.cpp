// SPDX-License-Identifier: Apache-2.0
// The C interface's way from a config to an extractor.
#define FEATC_NO_DEPRECATED  // it has those functions too
#include "featc/config.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "engine/aot/handles.h"
#include "engine/c_options.h"

namespace {

using namespace featc;

// What featc_open_config makes; the rest of the interface sees its base.
struct LoadedExtractor final : featc_extractor {
  std::shared_ptr<const TieredExecutable> tiered;  // null where nothing is compiled in the background
};

const TieredExecutable* tieredOf(const featc_extractor* extractor) {
  const auto* loaded = dynamic_cast<const LoadedExtractor*>(extractor);
  return loaded == nullptr ? nullptr : loaded->tiered.get();
}

Expected<std::unique_ptr<featc_extractor>> open(const char* path, const featc_open_options* given) {
  if (path == nullptr) return nullArgument("path");
  Expected<OpenOptions> options = readOpenOptions(given);
  if (!options) return options.error();
  LoadOptions load;
  if (Error error = readLoadOptions(*options, load)) return error;
  auto out = std::make_unique<LoadedExtractor>();
  std::string storeWarnings;
  load.bindStores = [&](const ProgramInfo& info, StoreBinding& stores) {
    return featc::bindStores(options->given, info, stores, storeWarnings).message;
  };
  Expected<OpenedConfig> opened = openConfig(path, load);
  if (!opened) return opened.error();
  out->warnings = opened->warnings + storeWarnings;
  out->tiered = std::move(opened->tiered);
  out->extractor = std::move(opened->extractor);
  finishOpening(*out, *options);
  return std::unique_ptr<featc_extractor>(std::move(out));
}

}  // namespace

featc_failure featc_open_config(const char* path, const featc_open_options* options, featc_extractor** extractor,
                                char** error) {
  return guardedOpen(extractor, error, [&] { return open(path, options); });
}

featc_extractor* featc_load(const char* path, const featc_options* options, char** error) {
  const featc_open_options known = openOptionsOf(options);
  featc_extractor* extractor = nullptr;
  featc_open_config(path, &known, &extractor, error);
  return extractor;
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
