// SPDX-License-Identifier: Apache-2.0
// Interpreters that let their values be seen: those of one item, which `explain` shows, and those of all rows.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
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

// A node's values for a block of rows, of requests or of items, which last as long as the call. A constant is not
// shown.
struct ShownNode {
  NodeId id = kNoNode;
  ColumnRef values;
  uint32_t rows = 0;
  // Of a call: what its kernel was given.
  std::span<const NodeId> args;
  std::span<const ColumnRef> argValues;
  // By argument in `args`: lists of which the operator sees one element at a time, first of a mapped call, then of
  // one that maps over lists.
  uint64_t mapMask = 0;
  uint64_t liftMask = 0;
  const OpState* state = nullptr;  // the operator's own
};
using ShowNode = std::function<void(const ShownNode&)>;

// An interpreter that shows all nodes that some output needs, but reads. Run it on one thread at a time.
std::shared_ptr<const Executable> makeShowingInterpreter(const Graph& graph, ShowNode show);

}  // namespace featc
