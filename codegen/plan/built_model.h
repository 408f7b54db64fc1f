// SPDX-License-Identifier: Apache-2.0
// What object code that `featc build` made exports: where its entry and its program image are. The
// layout is part of the code's contract.
#pragma once

#include <cstdint>

#include "codegen/plan/native_frame.h"

// Exported as `featc_built_NAME`; by a library also as `featc_built`.
struct featc_built {
  uint64_t magic;
  const char* image;
  uint64_t image_size;
  featc::NativeEntry entry;
};

namespace featc {

// Changes with the layout of featc_built: "featcob1".
inline constexpr uint64_t kBuiltMagic = 0x66656174636F6231U;
// The name by which a library's model is found; in an object file `_` and the model's own name follow.
inline constexpr const char* kBuiltName = "featc_built";

}  // namespace featc
