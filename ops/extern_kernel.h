// SPDX-License-Identifier: Apache-2.0
// Calls functions of plug-ins: columns in, rows that are ready over the C interface, columns out.
#pragma once

#include <memory>
#include <vector>

#include "featc/plugin.h"
#include "ops/kernel.h"
#include "support/shared_library.h"

namespace featc {

// One function of a plug-in, with what its kernels need to know.
struct ExternState : OpState {
  std::shared_ptr<const SharedLibrary> library;
  featc_function function = nullptr;
  std::vector<Type> params;
  Type result;
};

// Both take an ExternState as the context's state.
void externKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n);
void externLiftedKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n);

}  // namespace featc
