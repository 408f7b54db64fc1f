// SPDX-License-Identifier: Apache-2.0
// Every node's value for one item: what `explain` shows.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ir/graph.h"
#include "runtime/executable.h"

namespace featc {

// An interpreter that keeps what it computes for one item of the batch (and the item's request).
// Give it to an Extractor, run that once on one thread, then read values().
class Tracer : public Executable {
 public:
  // By node; nothing for reads and for nodes that no output needs.
  virtual const std::vector<std::optional<Value>>& values() const = 0;
};

std::shared_ptr<const Tracer> makeTracer(const Graph& graph, int64_t item);

}  // namespace featc
