// SPDX-License-Identifier: Apache-2.0
// A set of list elements in working memory: what the set operators are made of.
#pragma once

#include <bit>
#include <cmath>
#include <limits>

#include "ops/scratch.h"
#include "values/hash.h"

namespace featc {

// Whether element `i` counts as present; a float that is not finite does not.
template <class T>
bool isElement(const List<T>& list, uint64_t i) {
  if (!list.present(i)) return false;
  if constexpr (std::is_same_v<T, double>) return std::isfinite(list.data[i]);
  return true;
}

// A bound of the elements of two lists that are integers from 0 on, where it is not above how many there are, as of
// numbers that the optimizer makes (ops/library/text_numbers.cpp); 0: there is none.
template <class T>
uint64_t boundOf(const List<T>&, const List<T>&) {
  return 0;
}
template <>
inline uint64_t boundOf(const List<int64_t>& a, const List<int64_t>& b) {
  uint64_t bound = a.size + b.size;
  for (const List<int64_t>* list : {&a, &b})
    for (uint64_t i = 0; i < list->size; ++i)
      if (list->present(i) && static_cast<uint64_t>(list->data[i]) >= bound) return 0;
  return bound;
}

// Distinct values in the order they were added.
template <class T>
class DistinctValues {
 public:
  static constexpr uint32_t kAbsent = std::numeric_limits<uint32_t>::max();

  // `values` has room for `capacity` values; the table over it lies in `scratch`. Integers that are all at least 0 and
  // less than `bound` (boundOf), which is 0 where nothing is known, are their own places in it.
  DistinctValues(RowScratch& scratch, T* values, uint64_t capacity, uint64_t bound = 0)
      : values_(values), isDirect_(bound != 0) {
    if (capacity <= kLinear && !isDirect_) return;
    uint64_t slots = isDirect_ ? bound : std::bit_ceil(capacity * 2);
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
    if constexpr (std::is_same_v<T, int64_t>)
      if (isDirect_) return slots_ + x;
    uint64_t at = hashOf(x) & mask_;
    while (slots_[at] != kAbsent && !(values_[slots_[at]] == x)) at = (at + 1) & mask_;
    return slots_ + at;
  }

  T* values_;
  bool isDirect_;
  uint32_t size_ = 0;
  uint32_t* slots_ = nullptr;
  uint64_t mask_ = 0;
  bool ok_ = true;
};

}  // namespace featc
