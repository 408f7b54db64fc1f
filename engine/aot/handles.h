// SPDX-License-Identifier: Apache-2.0
// The C interface's extractor, shared by what loads compiled models and what compiles configs.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/aot/run_api.h"
#include "runtime/calls/extractor.h"
#include "support/survive.h"

struct featc_extractor {
  virtual ~featc_extractor() = default;

  std::shared_ptr<const featc::Extractor> extractor;
  std::string warnings;
  std::vector<std::string> types;  // inputs, then outputs
  std::vector<featc_input> inputs;
  std::vector<featc_output> outputs;
};

namespace featc {

// The store at `url`, for the source of that name or for "default". Null, and `error` says why; what is odd in its rows
// goes to `warnings`.
std::shared_ptr<Store> openStoreOf(const std::string& name, std::string_view url, std::span<const SourceInfo> sources,
                                   std::string& warnings, std::string& error);
// Fills `stores`; what is wrong is returned, what is odd goes to `warnings`.
std::string bindStores(std::span<const featc_store> entries, const ProgramInfo& info, StoreBinding& stores,
                       std::string& warnings);
// Fills in what describes `out.extractor`.
void describe(featc_extractor& out);
// For featc_free_text; null when there is no memory.
char* copyText(const std::string& text);

// What every load function does around `load`, which takes the place for the reason of a failure and gives a
// unique_ptr.
template <class Load>
auto guardedLoad(char** error, Load&& load) -> decltype(load(std::declval<std::string&>()).release()) {
  if (error != nullptr) *error = nullptr;
  std::string reason;
  try {
    auto out = load(reason);
    if (out != nullptr) return out.release();
    if (error != nullptr) *error = copyText(reason);
  } catch (...) {
    if (error != nullptr) *error = copyText(currentMessage());
  }
  return nullptr;
}

}  // namespace featc
