// SPDX-License-Identifier: Apache-2.0
// The C interface's options as the C++ one has them.
#include "engine/c_options.h"

#include <cstring>

namespace featc {

namespace {

EngineKind engineKind(featc_engine engine) {
  switch (engine) {
    case FEATC_ENGINE_INTERP: return EngineKind::Interp;
    case FEATC_ENGINE_TIERED: return EngineKind::Tiered;
    case FEATC_ENGINE_JIT: break;
  }
  return EngineKind::Jit;
}

}  // namespace

Error readLoadOptions(const OpenOptions& options, LoadOptions& load) {
  const featc_open_options& given = options.given;
  if (given.root != nullptr) load.frontend.root = given.root;
  load.frontend.plugins = options.plugins;
  load.engine.engine = engineKind(given.engine);
  load.engine.limits = options.limits;
  if (given.cpu != nullptr) load.engine.codegen.cpu = given.cpu;
  if (given.cache == nullptr) return {};
  uint64_t bytes = given.cache_bytes != 0 ? given.cache_bytes : ObjectCache::kDefaultBytes;
  Expected<std::shared_ptr<const ObjectCache>> cache = ObjectCache::open(given.cache, bytes);
  if (!cache) return std::move(cache).error();
  load.engine.cache = *std::move(cache);
  return {};
}

featc_open_options openOptionsOf(const featc_options* options) {
  featc_open_options out{};
  out.size = sizeof out;
  if (options == nullptr) return out;
  out.stores = options->stores;
  out.store_count = options->store_count;
  out.plugins = options->plugins;
  out.plugin_count = options->plugin_count;
  std::memcpy(&out.engine, &options->engine, sizeof out.engine);  // it may be no value of the enum
  out.cpu = options->cpu;
  out.root = options->root;
  out.cache = options->cache;
  out.cache_bytes = options->cache_bytes;
  return out;
}

}  // namespace featc
