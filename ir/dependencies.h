// SPDX-License-Identifier: Apache-2.0
// What the outputs of a graph read.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace featc {

inline constexpr uint32_t kNoSource = UINT32_MAX;

// A field that the caller supplies. `keyOf`: it is read only to make the key of that source; kNoSource: its value
// counts.
struct InputUse {
  uint32_t input = 0;  // in info().inputs
  uint32_t keyOf = kNoSource;
  bool operator==(const InputUse&) const = default;
};

// A field of a source's row.
struct SourceUse {
  uint32_t source = 0;  // in info().sources
  uint32_t field = 0;   // in the source's fields
  uint32_t keyOf = kNoSource;
  bool operator==(const SourceUse&) const = default;
};

// Each use once, in the order in which the schema and the sources are declared.
struct Dependencies {
  std::vector<InputUse> inputs;
  std::vector<SourceUse> fields;
};

// Of each output, in the order of info().outputs.
std::vector<Dependencies> dependenciesOf(const Graph& graph);

}  // namespace featc
