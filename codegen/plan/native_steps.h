// SPDX-License-Identifier: Apache-2.0
// What each step and callback of native code touches, found once when a program is loaded.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "codegen/plan/plan.h"
#include "ir/program_constants.h"

namespace featc {

// A slot that shows a column of the whole call.
struct BoundSlot {
  uint32_t slot = 0;
  uint32_t column = 0;  // of the call
  Type type;
};

// Views are numbered: slots first, then constants.
struct BoundKernel {
  const PreparedCall* call = nullptr;
  uint32_t firstArg = 0;  // its arguments stand side by side in NativeSteps::args
  uint32_t argCount = 0;
  uint32_t out = 0;     // view
  bool isKept = false;  // in a column of the whole call
};

struct NativeSteps {
  // What a step touches, so that a block sets up nothing else.
  struct Slots {
    std::vector<BoundSlot> callColumns;
    std::vector<BoundSlot> spread;  // a request's values as the items see them
  };

  std::vector<std::array<Slots, 2>> slots;  // [phase][0: request scope, 1: item scope]
  std::vector<BoundKernel> kernels;
  std::vector<uint32_t> args;      // of all kernels: views
  std::vector<uint32_t> uses;      // places in `args`, those of one view side by side
  std::vector<uint32_t> firstUse;  // by view, and one more: where in `uses` those begin
  std::vector<uint32_t> kernelOf;  // by node, where it is one
  std::vector<uint32_t> emitted;   // by output that the runtime emits: view
  std::vector<ColumnRef> constants;
  std::vector<Type> types;  // by view
};

// `constants` must outlive what is made.
NativeSteps bindSteps(const Graph& graph, const Plan& plan, const ProgramConstants& constants);

}  // namespace featc
