// SPDX-License-Identifier: Apache-2.0
// The loop in the instructions that every machine has, and the choice among the sets.
#include "ops/library/edit_loops.h"

#include <vector>

#include "ops/library/edit_loops_body.h"
#include "support/instruction_sets.h"

namespace featc {

namespace {

constexpr EditLoops kBaselineLoops = edit_loops::loopsOf<edit_loops::Lanes2, 2>("baseline");

std::vector<const EditLoops*> runnable() {
  std::vector<const EditLoops*> sets = {&kBaselineLoops};
#if defined(__x86_64__)
  if (runsAvx2()) sets.push_back(&kAvx2EditLoops);
  if (runsAvx512()) sets.push_back(&kAvx512EditLoops);
#endif
  return sets;
}

}  // namespace

std::span<const EditLoops* const> allEditLoops() {
  static const std::vector<const EditLoops*> sets = runnable();
  return sets;
}

const EditLoops& editLoops() {
  static const EditLoops& widest = *allEditLoops().back();
  return widest;
}

}  // namespace featc
