// SPDX-License-Identifier: Apache-2.0
// Small configs with requests of JSON, for tests of what a call may cost.
#pragma once

#include <memory>
#include <string>

#include "engine/compile.h"
#include "schedulers_fixture.h"
#include "tests/common/catch.h"

namespace featc::test {

// A config bound to a store, or to none.
inline std::shared_ptr<const Extractor> limitedExtractor(const char* text, const RunLimits& limits = {},
                                                         EngineKind engine = EngineKind::Interp,
                                                         std::shared_ptr<Store> store = nullptr) {
  CompiledConfig config = compileConfig("limits.feat", {}, text);
  INFO(config.diagnosticsText());
  REQUIRE(config.ok());
  EngineOptions options;
  options.engine = engine;
  options.limits = limits;
  options.stores.fallback = std::move(store);
  auto made = makeExtractor(config.optimized, options);
  REQUIRE(made.extractor != nullptr);
  return made.extractor;
}

// Strings that have little in common, `count` of `size` letters.
inline std::string wordList(int count, int size, int seed = 1) {
  std::string text = "[";
  uint32_t random = static_cast<uint32_t>(seed);
  for (int i = 0; i < count; ++i) {
    text += i == 0 ? "\"" : ", \"";
    for (int k = 0; k < size; ++k) {
      random = random * 1664525U + 1013904223U;
      text += static_cast<char>('a' + (random >> 24U) % 26U);
    }
    text += '"';
  }
  return text + "]";
}

// One request whose items all are `item`.
inline std::string oneRequest(const std::string& request, const std::string& item, int items) {
  std::string text = R"({"request": )" + request + R"(, "items": [)";
  for (int i = 0; i < items; ++i) text += (i == 0 ? "" : ", ") + item;
  return text + "]}\n";
}

}  // namespace featc::test
