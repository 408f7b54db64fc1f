// SPDX-License-Identifier: Apache-2.0
// Which store serves which source.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "runtime/reads/store.h"

namespace featc {

// `fallback` serves the sources that `bySource` lacks. A source without a store reads nothing: every field is missing.
struct StoreBinding {
  std::map<std::string, std::shared_ptr<Store>> bySource;
  std::shared_ptr<Store> fallback;

  Store* find(const std::string& source) const {
    auto at = bySource.find(source);
    return at != bySource.end() ? at->second.get() : fallback.get();
  }
};

}  // namespace featc
