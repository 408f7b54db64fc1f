// SPDX-License-Identifier: Apache-2.0
// The loops in the instructions that every machine has, and the choice among the sets.
#include "server/embeddings/table_loops.h"

#include <vector>

#include "server/embeddings/table_loops_body.h"
#include "support/instruction_sets.h"

namespace featc {

namespace {

constexpr TableLoops kBaselineLoops = table_loops::loopsOf("baseline");

std::vector<const TableLoops*> runnable() {
  std::vector<const TableLoops*> sets = {&kBaselineLoops};
#if defined(__x86_64__)
  if (runsAvx2()) sets.push_back(&kAvx2TableLoops);
  if (runsAvx512()) sets.push_back(&kAvx512TableLoops);
#endif
  return sets;
}

}  // namespace

std::span<const TableLoops* const> allTableLoops() {
  static const std::vector<const TableLoops*> sets = runnable();
  return sets;
}

const TableLoops& tableLoops() {
  static const TableLoops& widest = *allTableLoops().back();
  return widest;
}

}  // namespace featc
