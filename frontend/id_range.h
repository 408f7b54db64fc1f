// SPDX-License-Identifier: Apache-2.0
// Whether the integers of an output can be too large for what they become: an id's payload, a float32.
#pragma once

#include "ir/graph.h"

namespace featc {

// False for hashes, which may lose bits, and for what is small for sure: bools, buckets, counts.
bool mayLoseBits(const Graph& graph, NodeId value);
// Marks the dense outputs of integers that a float32 may round. Done when the graph has its fingerprint, which must not
// change by it.
void markRounding(Graph& graph);

}  // namespace featc
