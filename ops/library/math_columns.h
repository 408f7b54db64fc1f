// SPDX-License-Identifier: Apache-2.0
// The kernels of operators that are an elementary function.
#pragma once

#include "ops/column_kernel.h"
#include "ops/library/vector_math.h"

namespace featc {

namespace detail {
template <UnaryArrayFunction VectorMath::* member>
void unaryArrays(const double* x, double* out, size_t n) {
  (vectorMath().*member)(x, out, n);
}
template <BinaryArrayFunction VectorMath::* member>
void binaryArrays(const double* x, const double* y, double* out, size_t n) {
  (vectorMath().*member)(x, y, out, n);
}
}  // namespace detail

// For OperatorBuilder::columns(): `UnaryColumns<&VectorMath::exp>`.
template <UnaryArrayFunction VectorMath::* member>
using UnaryColumns = ColumnFunctionOfLists<&detail::unaryArrays<member>>;
template <BinaryArrayFunction VectorMath::* member>
using BinaryColumns = ColumnFunction<&detail::binaryArrays<member>>;

}  // namespace featc
