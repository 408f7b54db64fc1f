// SPDX-License-Identifier: Apache-2.0
// The loops in the instructions that every machine has, and the choice among the sets.
#include "values/array_loops.h"

#include <vector>

#include "support/instruction_sets.h"
#include "values/array_loops_body.h"

namespace featc {

namespace {

constexpr ArrayLoops kBaselineLoops = array_loops::loopsOf("baseline", 8);

std::vector<const ArrayLoops*> runnable() {
  std::vector<const ArrayLoops*> sets = {&kBaselineLoops};
#if defined(__x86_64__)
  if (runsAvx2()) sets.push_back(&kAvx2Loops);
  if (runsAvx512()) sets.push_back(&kAvx512Loops);
#endif
  return sets;
}

}  // namespace

std::span<const ArrayLoops* const> allArrayLoops() {
  static const std::vector<const ArrayLoops*> sets = runnable();
  return sets;
}

const ArrayLoops& arrayLoops() {
  static const ArrayLoops& widest = *allArrayLoops().back();
  return widest;
}

}  // namespace featc
