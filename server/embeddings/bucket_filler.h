// SPDX-License-Identifier: Apache-2.0
// Puts ids into the buckets of a table, in the order of their hashes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>

#include "server/embeddings/table_layout.h"

namespace featc {

class BucketFiller {
 public:
  // How many home buckets so many rows should have.
  static uint64_t homesFor(uint64_t rows);

  // `emit` gets the buckets, the first one first.
  BucketFiller(uint64_t homes, std::function<void(const TableBucket&)> emit) : homes_(homes), emit_(std::move(emit)) {}

  // The id whose hash, with those before, ascends. The rows of a table lie in the order of these calls.
  void add(uint64_t id, uint64_t hash);
  // The buckets that are left. How many there are in all.
  uint64_t finish();

 private:
  void emitBucket();

  uint64_t homes_;
  std::function<void(const TableBucket&)> emit_;
  std::deque<uint64_t> waiting_;  // ids whose home is bucket next_ or before
  uint64_t next_ = 0;             // bucket
  uint64_t row_ = 0;              // of the first id that waits
};

}  // namespace featc
