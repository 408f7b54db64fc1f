// SPDX-License-Identifier: Apache-2.0
// Key-value stores as the runtime sees them: a batch of keys in, rows out, asynchronously.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/program_info.h"
#include "runtime/reads/fetch_result.h"

namespace featc {

// Distinct keys of one source and the fields wanted of each.
struct FetchRequest {
  const SourceInfo* source = nullptr;
  std::span<const std::string> keys;  // the key pattern filled in: `user:42`
  std::span<const uint32_t> fields;   // indices in source->fields
  // When the caller stops waiting: keys without an answer are then TimedOut.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// Thread-safe. Serves any number of sources.
class Store {
 public:
  using Done = FetchDone;
  virtual ~Store() = default;
  // Calls `done` on any thread, perhaps before returning. The request's spans must stay valid until then. An answer
  // without rows says that the store failed as a whole, and so does one that throws or never calls `done`.
  virtual void fetch(const FetchRequest& request, Done done) = 0;

  // The same for those who ask.
  void ask(const FetchRequest& request, Done done) noexcept {
    survive("a store", [&] { fetch(request, std::move(done)); });
  }
};

}  // namespace featc
