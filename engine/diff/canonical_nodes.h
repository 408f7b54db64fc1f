// SPDX-License-Identifier: Apache-2.0
// Whether nodes of different graphs compute the same.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace featc {

// Numbers the nodes of several graphs: two nodes get one number exactly where they are the same operator, constant,
// field or read, of arguments that have equal numbers. The order of nodes and of declarations does not count, nor the
// order of the arguments of an operator that commutes.
class CanonicalNodes {
 public:
  // By node of `graph`.
  std::vector<uint32_t> numbersOf(const Graph& graph);

 private:
  std::unordered_map<std::string, uint32_t> numbers_;
};

}  // namespace featc
