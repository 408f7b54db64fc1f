// SPDX-License-Identifier: Apache-2.0
// Runs one row and keeps every value on its way.
#pragma once

#include <memory>
#include <string>

#include "data/record_reader.h"
#include "ir/graph.h"
#include "ir/trace.h"
#include "runtime/calls/extractor.h"

namespace featc {

// The row that is explained: item `item` of `batch`.
struct ExplainedRow {
  Batch batch;
  int64_t item = 0;
  InputRow origin;
  std::string file;

  // `row 3: request 0, item 3, line 1 of requests.jsonl`
  std::string title() const;
};

class RowTrace {
 public:
  RowTrace(const Graph& graph, const StoreBinding& stores, const ExplainedRow& row);

  bool has(NodeId id) const { return graph_.isConstant(id) || tracer_->values()[id].has_value(); }
  // Missing for nodes without a value.
  Value value(NodeId id) const;
  const Result& result() const { return result_; }
  RowStatus status() const { return result_.status(item_); }
  // What output `index` emitted: `[slot 4, payload 2]`, `0.5`; `isShort` keeps to one line.
  std::string emitted(size_t index, bool isShort) const;

 private:
  std::string emittedElements(const OutputInfo& output, const OutputColumn& column, bool isShort) const;

  const Graph& graph_;
  int64_t item_;
  std::shared_ptr<const Tracer> tracer_;
  Result result_;
};

// Cut to `width` bytes, the last of them `...`, where it is longer.
std::string shortened(std::string text, size_t width);

}  // namespace featc
