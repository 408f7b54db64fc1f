// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/bucket_filler.h"

#include <algorithm>

namespace featc {

// With 4.5 ids a bucket one id in thirty lies behind its home; an id takes 14.2 bytes beside its row.
uint64_t BucketFiller::homesFor(uint64_t rows) { return std::max<uint64_t>(1, (rows * 2 + 8) / 9); }

void BucketFiller::add(uint64_t id, uint64_t hash) {
  for (const uint64_t home = homeOf(hash, homes_); next_ < home;) emitBucket();
  waiting_.push_back(id);
}

uint64_t BucketFiller::finish() {
  while (next_ < homes_ || !waiting_.empty()) emitBucket();
  return next_;
}

void BucketFiller::emitBucket() {
  TableBucket bucket{};
  const uint64_t count = std::min<uint64_t>(waiting_.size(), TableBucket::kIds);
  for (uint64_t i = 0; i < count; ++i) {
    bucket.ids[i] = waiting_.front();
    waiting_.pop_front();
  }
  bucket.word = TableBucket::wordOf(row_, count, !waiting_.empty());
  row_ += count;
  ++next_;
  emit_(bucket);
}

}  // namespace featc
