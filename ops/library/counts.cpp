// SPDX-License-Identifier: Apache-2.0
// How often each element of a list occurs.
#include <algorithm>

#include "ops/groups.h"
#include "ops/library/distinct.h"
#include "ops/operator.h"

namespace featc {

namespace {

// Storage for results as long as a list may be, whose distinct elements may be fewer than kMaxElements.
template <class T>
T* newValues(Context& context, uint64_t count) {
  T* p = context.spend(count) ? context.arena->allocate<T>(count) : nullptr;
  if (p == nullptr) context.fail(RowStatus::OutOfMemory);
  return p;
}

template <class K>
Map<K, int64_t> counts(Context& context, List<K> list) {
  K* keys = newValues<K>(context, list.size);
  auto* times = keys == nullptr ? nullptr : newValues<int64_t>(context, list.size);
  if (times == nullptr) return {};
  RowScratch scratch(context);
  DistinctValues<K> seen(scratch, keys, list.size);
  if (!seen.ok()) return {};
  for (uint64_t i = 0; i < list.size; ++i) {
    if (!list.present(i)) continue;
    if (seen.add(list.data[i]))
      times[seen.size() - 1] = 1;
    else
      ++times[seen.find(list.data[i])];
  }
  uint64_t size = seen.size();
  if (size > kMaxElements) {
    context.fail(RowStatus::ValueTooLarge);
    return {};
  }
  struct Entry {
    K key;
    int64_t times;
  };
  // Of each entry while they are sorted: the logarithm of the most there may be.
  constexpr uint64_t kComparisons = 16;
  auto* entries = context.spend(kComparisons * size) ? scratch.allocate<Entry>(size) : nullptr;
  if (entries == nullptr) return {};
  for (uint64_t i = 0; i < size; ++i) entries[i] = {keys[i], times[i]};
  std::sort(entries, entries + size, [](const Entry& a, const Entry& b) { return a.key < b.key; });
  for (uint64_t i = 0; i < size; ++i) {
    keys[i] = entries[i].key;
    times[i] = entries[i].times;
  }
  return {{keys, nullptr, size}, {times, nullptr, size}};
}

}  // namespace

void registerCounts(Registry& r) {
  r.group("Maps");
  r.add("counts", {value("list")},
        "A map from each element of a list to how often it occurs, without missing elements. As a sparse output its "
        "keys become ids and its numbers their weights.")
      .foreignNames({"counter", "list_histogram", "array_frequency", "frequencies", "tally"})
      .foreignNames({"value_counts", "histogram"}, "of one list; a map is sorted by key, not by how often")
      .example(R"(counts(["b", "a", "b"]))", R"({"a": 1, "b": 2})")
      .example(R"(lookup(counts(["b", "a", "b"]), "b", default = 0))", "2")
      .example("map_values(counts([3, 1, 3]))", "[1, 2]")
      .add<counts<int64_t>>()
      .notLifted()
      .add<counts<Str>>()
      .notLifted();
}

}  // namespace featc
