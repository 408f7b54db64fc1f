// SPDX-License-Identifier: Apache-2.0
// Arrow's structs in and out of Python, through the PyCapsule protocol.
#pragma once

#include <nanobind/nanobind.h>

#include "featc/arrow.hpp"

namespace featc::python {

// The struct in a capsule of that name; raises ValueError where it is another or was consumed.
template <class T>
T* fromCapsule(nanobind::handle capsule, const char* name) {
  auto* value = static_cast<T*>(PyCapsule_GetPointer(capsule.ptr(), name));
  if (value == nullptr) throw nanobind::python_error();
  if (value->release == nullptr) throw nanobind::value_error("the Arrow data was consumed already");
  return value;
}

// A capsule that releases the struct unless a consumer took it.
template <class T>
nanobind::object toCapsule(ArrowOwner<T> value, const char* name) {
  auto* owned = new ArrowOwner<T>(std::move(value));
  PyObject* capsule = PyCapsule_New(
      owned->get(), name, [](PyObject* self) { delete static_cast<ArrowOwner<T>*>(PyCapsule_GetContext(self)); });
  if (capsule == nullptr || PyCapsule_SetContext(capsule, owned) != 0) {
    delete owned;
    throw nanobind::python_error();
  }
  return nanobind::steal(capsule);
}

inline constexpr const char* kSchemaCapsule = "arrow_schema";
inline constexpr const char* kArrayCapsule = "arrow_array";
inline constexpr const char* kStreamCapsule = "arrow_array_stream";

}  // namespace featc::python
