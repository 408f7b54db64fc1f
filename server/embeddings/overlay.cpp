// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/overlay.h"

#include <algorithm>
#include <cstring>

#include "server/embeddings/bucket_filler.h"

namespace featc {

std::vector<RowChange> TableOverlay::changes() const {
  std::vector<RowChange> out;
  out.reserve(size());
  for (const TableBucket& bucket : buckets_) {
    for (uint32_t i = 0; i < bucket.count(); ++i) {
      const size_t row = bucket.firstRow() + i;
      out.push_back({bucket.ids[i], deleted_[row] != 0 ? nullptr : rows_.data() + row * index_.rowBytes});
    }
  }
  return out;
}

std::shared_ptr<const TableOverlay> TableOverlay::make(const TableOverlay* before, std::span<const RowChange> changes,
                                                       size_t rowBytes) {
  struct Hashed {
    uint64_t hash;
    RowChange change;
  };
  auto byHash = [](const Hashed& a, const Hashed& b) { return a.hash < b.hash; };
  // No two ids have the same hash. Of equal ones the first stays: the last change, a change before an old one.
  std::vector<Hashed> fresh;
  fresh.reserve(changes.size());
  for (size_t i = changes.size(); i > 0; --i) fresh.push_back({tableHash(changes[i - 1].id), changes[i - 1]});
  std::ranges::stable_sort(fresh, byHash);
  std::vector<Hashed> old;
  for (const RowChange& change : before == nullptr ? std::vector<RowChange>() : before->changes())
    old.push_back({tableHash(change.id), change});
  std::vector<Hashed> all;
  all.reserve(fresh.size() + old.size());
  std::ranges::merge(fresh, old, std::back_inserter(all), byHash);
  auto repeated = std::ranges::unique(all, [](const Hashed& a, const Hashed& b) { return a.hash == b.hash; });
  all.erase(repeated.begin(), repeated.end());

  std::shared_ptr<TableOverlay> out(new TableOverlay());
  out->rows_.resize(all.size() * rowBytes);
  out->deleted_.resize(all.size());
  BucketFiller filler(BucketFiller::homesFor(all.size()),
                      [&](const TableBucket& bucket) { out->buckets_.push_back(bucket); });
  for (size_t i = 0; i < all.size(); ++i) {
    const RowChange& change = all[i].change;
    filler.add(change.id, all[i].hash);
    out->deleted_[i] = change.row == nullptr ? 1 : 0;
    if (change.row != nullptr) std::memcpy(out->rows_.data() + i * rowBytes, change.row, rowBytes);
  }
  filler.finish();
  out->index_ = {out->buckets_.data(), out->rows_.data(), BucketFiller::homesFor(all.size()), rowBytes};
  return out;
}

}  // namespace featc
