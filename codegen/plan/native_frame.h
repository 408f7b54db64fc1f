// SPDX-License-Identifier: Apache-2.0
// The one structure that native code sees; its layout is part of the code's contract.
#pragma once

#include <cstdint>

namespace featc {

// A slot's memory. Columns of the whole call start at the call's first row, all others at the first
// row of the block being computed. Strides are bytes from one group of eight rows to the next; native
// code reads them only for a request's values as items see them (0: the same group for all).
struct NativeColumn {
  char* data = nullptr;
  uint8_t* valid = nullptr;  // never null: a column without missing values points to ones
  int64_t dataStride = 0;
  int64_t validStride = 0;
};

struct NativeFrame {
  const NativeColumn* columns = nullptr;  // by slot
  char* const* outputs = nullptr;         // by output: ids or dense values of the call's first row
  char* counts = nullptr;                 // OutputCounts, by output
  // Calls back into the runtime: computes node `node` by its kernel, emits output `output`.
  void (*kernel)(NativeFrame* frame, uint32_t node) = nullptr;
  void (*emit)(NativeFrame* frame, uint32_t output) = nullptr;
  int64_t rows = 0;        // of the block
  int64_t firstGroup = 0;  // of the block: its first row divided by eight
};

// The exported function of a config: phase, scope (0 requests, 1 items).
using NativeEntry = void (*)(NativeFrame* frame, uint32_t phase, uint32_t scope);
inline constexpr const char* kNativeEntryName = "featc_run";

}  // namespace featc
