// SPDX-License-Identifier: Apache-2.0
// A cache of rows in this process: absent rows are kept too, failures never.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/stores/described_store.h"
#include "runtime/stores/row_cache.h"

namespace featc {

// Answers what it has, on the caller's thread where it has all, and asks the store for the rest. Results are those
// of the store, as old as `ttl` at most.
class CacheStore final : public DescribedStore {
 public:
  CacheStore(std::shared_ptr<Store> store, size_t bytes, std::chrono::microseconds ttl);
  void fetch(const FetchRequest& request, Done done) override;
  std::string name() const override { return storeName(*store_); }
  std::string problem() const override { return storeProblem(*store_); }

  struct Counts {
    uint64_t hits = 0;
    uint64_t misses = 0;
  };
  Counts counts() const { return {hits_, misses_}; }
  size_t bytes() const { return rows_.bytes(); }

 private:
  struct Merge;
  // A number for a source and the fields that are read of it: rows of another choice are other rows.
  uint32_t spaceOf(const FetchRequest& request);
  void keep(uint32_t space, const FetchRequest& request, const FetchResult& result);

  struct Space {
    SourceInfo source;
    std::vector<uint32_t> fields;
  };
  std::mutex mutex_;
  std::vector<Space> spaces_;
  std::atomic<uint64_t> hits_ = 0;
  std::atomic<uint64_t> misses_ = 0;
  RowCache rows_;
  std::shared_ptr<Store> store_;  // last: ends first
};

}  // namespace featc
