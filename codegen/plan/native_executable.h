// SPDX-License-Identifier: Apache-2.0
// Runs native code behind the Executable seam. Knows nothing of LLVM: an ahead-of-time library runs
// the same way as code that was just compiled.
#pragma once

#include <memory>

#include "codegen/plan/native_frame.h"
#include "codegen/plan/plan.h"

namespace featc {

// `code` keeps what `entry` points into alive.
std::shared_ptr<const Executable> makeNativeExecutable(const Graph& graph, Plan plan, NativeEntry entry,
                                                       std::shared_ptr<const void> code);

}  // namespace featc
