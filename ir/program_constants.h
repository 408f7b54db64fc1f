// SPDX-License-Identifier: Apache-2.0
// What an engine computes once, when a program is loaded: constants and prepared operator states.
#pragma once

#include <memory>
#include <vector>

#include "ir/column_store.h"
#include "ir/constants.h"
#include "ir/schedule.h"
#include "values/arena.h"

namespace featc {

class ProgramConstants {
 public:
  ProgramConstants(const Graph& graph, const Schedule& schedule);

  // The uniform column of a constant-scope node.
  ColumnRef column(NodeId node) const { return columns_[node]; }
  const PreparedCall& call(NodeId node) const { return calls_[callIndex_[node]]; }
  // What requests begin .. end-1 have of constants: the keys of reads in their call columns, and a status where a
  // constant fails every row.
  void beginRequests(const Graph& graph, const Schedule& schedule, CallFrame& call, int64_t begin, int64_t end) const;

 private:
  Arena arena_;
  std::vector<ColumnStorage> storage_;
  std::vector<ColumnRef> columns_;
  std::vector<PreparedCall> calls_;
  std::vector<uint32_t> callIndex_;
  // Other than Ok: a call that the optimizer found to be of constants only, `x_ratio(1 ?? x, 0)`, fails.
  RowStatus status_ = RowStatus::Ok;
};

// Cells of one column copied row by row: what `uniform` and requests' values become per item.
// Row i of `out` gets row rows[i] of `in`.
void gatherRows(const ColumnRef& in, Type type, const int32_t* rows, uint32_t n, const ColumnRef& out);

}  // namespace featc
