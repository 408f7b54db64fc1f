// SPDX-License-Identifier: Apache-2.0
// A key-value store in memory, filled from JSON lines when it is made.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/memory/store_rows.h"
#include "runtime/reads/store.h"

namespace featc {

// How the URL of such a store begins: `jsonl:PATH`.
inline constexpr std::string_view kJsonlScheme = "jsonl:";

// Holds rows {"source": "user_profile", "user_id": 42, "age": 31, ...}. A field that is absent or
// null is missing. Of rows with the same key the last one holds, whole. Immutable, so thread-safe.
class MemoryStore final : public Store {
 public:
  // Rows of `sources` from the text of JSON lines. Bad lines and rows of other sources are left out
  // and reported.
  static std::shared_ptr<MemoryStore> parse(std::string_view text, std::span<const SourceInfo> sources,
                                            StoreLoadReport& report);
  // The same from a file; null, with report.error saying so, when it cannot be read.
  static std::shared_ptr<MemoryStore> load(const std::string& path, std::span<const SourceInfo> sources,
                                           StoreLoadReport& report);

  ~MemoryStore() override;
  // Answers before it returns.
  void fetch(const FetchRequest& request, Done done) override;
  // Distinct keys over all sources.
  size_t size() const;

 private:
  struct Table;
  struct Data;
  class Filler;
  explicit MemoryStore(std::shared_ptr<const Data> data);

  std::shared_ptr<const Data> data_;  // shared with results, whose cells point into it
};

}  // namespace featc
