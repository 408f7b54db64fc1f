// SPDX-License-Identifier: Apache-2.0
// From SLEEF's functions of one vector to loops over arrays, for the files that each know one
// instruction set. All of it has internal linkage: each such file is compiled for its own.
#pragma once

#include <cstddef>
#include <cstring>

#include "ops/library/vector_math.h"

namespace featc {
namespace {  // NOLINT(google-build-namespaces): see above

// g++ 12 drops the attribute from a `using`.
typedef double Lanes2 __attribute__((vector_size(16)));  // NOLINT(modernize-use-using)
typedef double Lanes4 __attribute__((vector_size(32)));  // NOLINT(modernize-use-using)
typedef double Lanes8 __attribute__((vector_size(64)));  // NOLINT(modernize-use-using)

template <class V, class Body>
inline void forEachVector(size_t n, const Body& body) {
  constexpr size_t kLanes = sizeof(V) / sizeof(double);
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) body(i, sizeof(V));
  if (i < n) body(i, (n - i) * sizeof(double));
}
template <class V>
inline void load(V& to, const double* from, size_t bytes) {
  to = V{};
  std::memcpy(&to, from, bytes);
}

template <class V, auto f>
void unary(const double* x, double* out, size_t n) {
  forEachVector<V>(n, [=](size_t i, size_t bytes) {
    V v;
    load(v, x + i, bytes);
    v = f(v);
    std::memcpy(out + i, &v, bytes);
  });
}
template <class V, auto exp>
void sigmoid(const double* x, double* out, size_t n) {
  forEachVector<V>(n, [=](size_t i, size_t bytes) {
    V v;
    load(v, x + i, bytes);
    v = 1 / (1 + exp(-v));
    std::memcpy(out + i, &v, bytes);
  });
}
template <class V, auto f>
void binary(const double* x, const double* y, double* out, size_t n) {
  forEachVector<V>(n, [=](size_t i, size_t bytes) {
    V a;
    V b;
    load(a, x + i, bytes);
    load(b, y + i, bytes);
    a = f(a, b);
    std::memcpy(out + i, &a, bytes);
  });
}

}  // namespace
}  // namespace featc
