// SPDX-License-Identifier: Apache-2.0
// A store in this process's memory that can be filled and changed while it is read.
#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "stores/described_store.h"
#include "stores/store_writer.h"

namespace featc {

// Rows by their key's text, as in every other store. Answers before fetch() returns. Thread-safe.
class MemoryTable final : public DescribedStore {
 public:
  void put(const SourceInfo& source, std::string_view key, std::span<const Value> values);
  // The bytes as they would stand in LMDB: see row_format.h.
  void putBytes(std::string_view key, std::string bytes);
  void fetch(const FetchRequest& request, Done done) override;
  std::string name() const override { return "memory:"; }
  std::string problem() const override { return {}; }

 private:
  std::shared_mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const std::string>> rows_;
};

}  // namespace featc
