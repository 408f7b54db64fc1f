// SPDX-License-Identifier: Apache-2.0
// A graph as JSON, for tools that want to look at it.
#pragma once

#include <string>

#include "ir/graph.h"

namespace featc {

// One object: semantics model hash_family inputs sources nodes outputs. Constants stand as the text
// form writes them, since JSON has neither every float nor every byte.
std::string toJson(const Graph& graph, const Sources* sources = nullptr);

}  // namespace featc
