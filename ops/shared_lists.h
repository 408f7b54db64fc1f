// SPDX-License-Identifier: Apache-2.0
// Rows that hold the same list: what a kernel makes of it is made once. `visits.category == category` has no more
// results than there are categories among the visits, however many items there are; nor has what is made of it.
#pragma once

#include "ops/kernel.h"

namespace featc {

// As FlatKernel, by `kernel`, which makes values of `result`. It can where all arguments but one are the same for all
// rows, where that one is a list, and where few different lists are among the rows: lists are the same that lie in the
// same place. What comes out for one list is shared by its rows.
bool oncePerList(Kernel kernel, Type result, Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n);

// The kernels of one function.
template <auto fn>
struct OncePerList {
  static bool kernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    return oncePerList(&OpFunction<fn>::kernel, OpFunction<fn>::resultType(), context, args, out, n);
  }
  static bool liftedKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    return oncePerList(&OpFunction<fn>::liftedKernel, Type::list(OpFunction<fn>::resultType()), context, args, out, n);
  }
};

}  // namespace featc
