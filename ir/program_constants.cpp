// SPDX-License-Identifier: Apache-2.0
// What an engine computes once, when a program is loaded: constants and prepared operator states.
#include "ir/program_constants.h"

#include <algorithm>
#include <cstring>

namespace featc {

ProgramConstants::ProgramConstants(const Graph& graph, const Schedule& schedule)
    : arena_(size_t{1} << 40U), columns_(graph.size()), callIndex_(graph.size(), 0) {
  ConstantEvaluator evaluator(graph);
  for (NodeId id : schedule.constants) {
    Type type = graph.node(id).type;
    storage_.emplace_back(type, 1);
    ColumnRef column = storage_.back().column(true);
    storeCell(evaluator.value(id), type, column, 0, arena_);
    fail(status_, evaluator.status(id));
    column.uniform = true;
    if (!type.nullable()) column.valid = nullptr;
    columns_[id] = column;
  }
  for (const auto& scopes : schedule.steps) {
    for (const ScheduleStep& step : scopes) {
      for (NodeId id : step.nodes) {
        callIndex_[id] = static_cast<uint32_t>(calls_.size());
        calls_.push_back(prepareCall(graph, id, evaluator));
      }
    }
  }
}

void ProgramConstants::beginRequests(const Graph& graph, const Schedule& schedule, CallFrame& call, int64_t begin,
                                     int64_t end) const {
  if (status_ != RowStatus::Ok)
    std::for_each(call.requestStatus + begin, call.requestStatus + end, [&](RowStatus& row) { fail(row, status_); });
  for (NodeId key : schedule.constantKeys) {
    Type type = graph.node(key).type;
    ColumnRef out = columnAt(call.columns[schedule.columnOf[key]], type, begin);
    gatherRows(columns_[key], type, nullptr, static_cast<uint32_t>(end - begin), out);
  }
}

void gatherRows(const ColumnRef& in, Type type, const int32_t* rows, uint32_t n, const ColumnRef& out) {
  uint32_t size = cellSize(type);
  auto source = [&](uint32_t i) -> uint64_t {
    return in.uniform || rows == nullptr ? 0 : static_cast<uint64_t>(rows[i]);
  };
  if (type.is(Kind::Bool)) {
    for (uint32_t i = 0; i < n; ++i) {
      setBit(static_cast<uint8_t*>(out.data), i, bitAt(static_cast<const uint8_t*>(in.data), source(i)));
    }
  } else {
    for (uint32_t i = 0; i < n; ++i) {
      std::memcpy(static_cast<char*>(out.data) + uint64_t{i} * size,
                  static_cast<const char*>(in.data) + source(i) * size, size);
    }
  }
  if (out.valid == nullptr) return;
  for (uint32_t i = 0; i < n; ++i) setBit(out.valid, i, in.valid == nullptr || bitAt(in.valid, source(i)));
}

}  // namespace featc
