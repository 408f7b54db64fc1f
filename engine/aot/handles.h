// SPDX-License-Identifier: Apache-2.0
// The C interface's extractor, shared by what loads compiled models and what compiles configs.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "featc/run.h"
#include "runtime/calls/extractor.h"
#include "runtime/calls/run_errors.h"
#include "support/error.h"

namespace featc {
class SedaHolder;
struct OpenOptions;
}  // namespace featc

struct featc_extractor {
  virtual ~featc_extractor() = default;

  std::shared_ptr<const featc::Extractor> extractor;
  std::string warnings;
  std::vector<std::string> types;  // inputs, then outputs
  std::vector<featc_input> inputs;
  std::vector<featc_output> outputs;
  std::shared_ptr<featc::SedaHolder> seda;  // null: none was asked for
};

namespace featc {

// The store at `url`, for the source of that name or for "default". What is odd in its rows goes to `warnings`.
Expected<std::shared_ptr<Store>> openStoreOf(const std::string& name, std::string_view url,
                                             std::span<const SourceInfo> sources, std::string& warnings);
// Fills `stores` as the options say; what is odd goes to `warnings`.
Error bindStores(const featc_open_options& options, const ProgramInfo& info, StoreBinding& stores,
                 std::string& warnings);
// Fills in what describes `out.extractor`.
void describe(featc_extractor& out);
// The same, and makes the executor, if one is asked for.
void finishOpening(featc_extractor& out, const OpenOptions& options);
// For featc_free_text; null when there is no memory.
char* copyText(const std::string& text) noexcept;

// What every function that opens something does around `open`, which gives an Expected<std::unique_ptr<T>>.
template <class T, class Open>
featc_failure guardedOpen(T** out, char** text, Open&& open) noexcept {
  if (text != nullptr) *text = nullptr;
  if (out != nullptr) *out = nullptr;
  Error error;
  try {
    if (out == nullptr) {
      error = {"the pointer for what is opened is null", ErrorCode::BadArgument};
    } else {
      auto opened = open();
      if (opened) {
        *out = (*opened).release();
        return FEATC_FINE;
      }
      error = std::move(opened).error();
    }
  } catch (...) {
    error = currentError();
  }
  if (text != nullptr) *text = copyText(error.message);
  return static_cast<featc_failure>(error.code);
}

}  // namespace featc
