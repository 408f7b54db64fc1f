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

#include "ops/arena.h"
#include "ops/cell.h"
#include "runtime/program_info.h"

namespace featc {

enum class KeyStatus : uint8_t { Found, Absent, Failed, TimedOut };

// Distinct keys of one source and the fields wanted of each.
struct FetchRequest {
  const SourceInfo* source = nullptr;
  std::span<const std::string> keys;  // the key pattern filled in: `user:42`
  std::span<const uint32_t> fields;   // indices in source->fields
  // When the caller stops waiting: keys without an answer are then TimedOut.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// One row a key, in the order of the request. Column f holds field FetchRequest::fields[f]; what its
// cells point to lives in `arena`. A key that was not found has all fields missing.
struct FetchResult {
  std::vector<KeyStatus> status;
  std::vector<ColumnRef> columns;
  std::shared_ptr<Arena> arena;
  // By key, how many values did not parse as their field's type and are missing; empty: none of any key.
  std::vector<uint32_t> badFields;

  void countBad(size_t key, size_t fields) {
    if (badFields.empty()) badFields.resize(status.size());
    badFields[key] += static_cast<uint32_t>(fields);
  }
  uint32_t badFieldsOf(size_t key) const { return key < badFields.size() ? badFields[key] : 0; }
};

// Thread-safe. Serves any number of sources.
class Store {
 public:
  using Done = std::function<void(FetchResult)>;
  virtual ~Store() = default;
  // Calls `done` exactly once, on any thread, perhaps before returning; does not throw. The request's
  // spans must stay valid until then. An answer without rows says that the store failed as a whole.
  virtual void fetch(const FetchRequest& request, Done done) = 0;
};

}  // namespace featc
