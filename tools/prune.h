// SPDX-License-Identifier: Apache-2.0
// A graph cut down to one output.
#pragma once

#include <optional>
#include <string>

#include "ir/graph.h"

namespace featc {

// What the output `feature` needs; nothing, with a message on stderr, where there is no such output.
std::optional<Graph> onlyFeature(const Graph& graph, const std::string& feature);

}  // namespace featc
