// SPDX-License-Identifier: Apache-2.0
// Owners of the structs of Arrow's C data and C stream interfaces.
#pragma once

#include <utility>

#include "featc/arrow.h"

namespace featc {

// Releases what it holds. `get()` is what a producer fills in; `moveTo()` gives the struct to a new owner, as
// the interface allows by copying its bytes.
template <class T>
class ArrowOwner {
 public:
  ArrowOwner() = default;
  // Moves `from` in; it is released from the caller's point of view.
  explicit ArrowOwner(T* from) : value_(*from) { from->release = nullptr; }
  ArrowOwner(ArrowOwner&& other) noexcept : value_(other.value_) { other.value_.release = nullptr; }
  ArrowOwner& operator=(ArrowOwner&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~ArrowOwner() {
    if (value_.release != nullptr) value_.release(&value_);
  }

  T* get() { return &value_; }
  const T* get() const { return &value_; }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }
  bool isReleased() const { return value_.release == nullptr; }
  void moveTo(T* out) {
    *out = value_;
    value_.release = nullptr;
  }

 private:
  T value_{};
};

}  // namespace featc
