// SPDX-License-Identifier: Apache-2.0
// The C interface's options as the C++ one has them.
#include "engine/c_load.h"

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

std::string readOptions(const featc_options& options, LoadOptions& load) {
  if (options.root != nullptr) load.frontend.root = options.root;
  for (size_t i = 0; i < options.plugin_count; ++i) load.frontend.plugins.folders.emplace_back(options.plugins[i]);
  load.engine.engine = engineKind(options.engine);
  if (options.cpu != nullptr) load.engine.codegen.cpu = options.cpu;
  if (options.cache == nullptr) return {};
  std::string error;
  uint64_t bytes = options.cache_bytes != 0 ? options.cache_bytes : ObjectCache::kDefaultBytes;
  load.engine.cache = ObjectCache::open(options.cache, error, bytes);
  return error;
}

}  // namespace featc
