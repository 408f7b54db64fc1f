// SPDX-License-Identifier: Apache-2.0
// A graph cut down to some of its outputs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "ir/graph.h"

namespace featc {

// What the outputs with these numbers, ascending, need.
Graph onlyOutputs(const Graph& graph, std::span<const size_t> outputs);
// What the output `feature` needs; nothing, with a message on stderr, where there is no such output.
std::optional<Graph> onlyFeature(const Graph& graph, const std::string& feature);

}  // namespace featc
