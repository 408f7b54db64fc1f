// SPDX-License-Identifier: Apache-2.0
// Whether the integers of an output can be too large for an id's payload without being hashes.
#pragma once

#include "ir/graph.h"

namespace featc {

// False for hashes, which may lose bits, and for what is small for sure: bools, buckets, counts.
bool mayLoseBits(const Graph& graph, NodeId value);

}  // namespace featc
