// SPDX-License-Identifier: Apache-2.0
// A set of list elements in working memory: what the set operators are made of.
#pragma once

#include <bit>
#include <cmath>
#include <limits>

#include "ops/hash.h"
#include "ops/scratch.h"

namespace featc {

// Whether element `i` counts as present; a float that is not finite does not.
template <class T>
bool isElement(const List<T>& list, uint64_t i) {
  if (!list.present(i)) return false;
  if constexpr (std::is_same_v<T, double>) return std::isfinite(list.data[i]);
  return true;
}

// Distinct values in the order they were added.
template <class T>
class DistinctValues {
 public:
  static constexpr uint32_t kAbsent = std::numeric_limits<uint32_t>::max();

  // `values` has room for `capacity` values; the table over it lies in `scratch`.
  DistinctValues(RowScratch& scratch, T* values, uint64_t capacity) : values_(values) {
    if (capacity <= kLinear) return;
    uint64_t slots = std::bit_ceil(capacity * 2);
    slots_ = scratch.allocate<uint32_t>(slots);
    ok_ = slots_ != nullptr;
    mask_ = slots - 1;
    if (ok_) std::fill_n(slots_, slots, kAbsent);
  }
  bool ok() const { return ok_; }
  uint32_t size() const { return size_; }

  uint32_t find(const T& x) const { return slots_ == nullptr ? scan(x) : *slotOf(x); }
  // Whether it was not there.
  bool add(const T& x) {
    if (slots_ == nullptr) {
      if (scan(x) != kAbsent) return false;
    } else {
      uint32_t* slot = slotOf(x);
      if (*slot != kAbsent) return false;
      *slot = size_;
    }
    values_[size_++] = x;
    return true;
  }
  void addAll(const List<T>& list) {
    for (uint64_t i = 0; i < list.size; ++i)
      if (isElement(list, i)) add(list.data[i]);
  }

 private:
  static constexpr uint64_t kLinear = 8;

  uint32_t scan(const T& x) const {
    for (uint32_t i = 0; i < size_; ++i)
      if (values_[i] == x) return i;
    return kAbsent;
  }
  static uint64_t hashOf(const T& x) {
    if constexpr (std::is_same_v<T, Str>)
      return hashBytes(HashFamily::Xxh3, x.view());
    else if constexpr (std::is_same_v<T, double>)
      return combineHashes(1, std::bit_cast<uint64_t>(x == 0 ? 0.0 : x));
    else
      return combineHashes(1, static_cast<uint64_t>(x));
  }
  uint32_t* slotOf(const T& x) const {
    uint64_t at = hashOf(x) & mask_;
    while (slots_[at] != kAbsent && !(values_[slots_[at]] == x)) at = (at + 1) & mask_;
    return slots_ + at;
  }

  T* values_;
  uint32_t size_ = 0;
  uint32_t* slots_ = nullptr;
  uint64_t mask_ = 0;
  bool ok_ = true;
};

}  // namespace featc
