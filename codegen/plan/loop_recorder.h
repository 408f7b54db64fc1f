// SPDX-License-Identifier: Apache-2.0
// Writes nodes and outputs of a graph as the code of one loop.
#pragma once

#include <unordered_map>
#include <vector>

#include "codegen/plan/inline_code.h"
#include "codegen/plan/vector_code.h"
#include "ir/schedule.h"

namespace featc {

// What a place of the code stands for: a node's value, or an output.
struct PlaceTarget {
  uint32_t id = 0;  // NodeId, or output where the place's kind is Ids or Dense
};

struct RecordedLoop {
  VectorCode code;
  std::vector<PlaceTarget> targets;  // by place
};

class LoopRecorder {
 public:
  LoopRecorder(InlineContext& context, const Schedule& schedule, Scope scope)
      : context_(context), graph_(context.graph()), schedule_(schedule), scope_(scope), vector_(out_.code) {}

  // Computes a call; what it needs and was not added before is loaded or constant.
  void addNode(NodeId id);
  // Writes a value that was added to the node's memory.
  void store(NodeId id);
  // Emits an output of one value a row.
  void emit(uint32_t output);

  RecordedLoop take() { return std::move(out_); }

 private:
  uint32_t place(const Place& place, uint32_t id);
  uint32_t slotPlace(NodeId id);
  InlineTerm constantTerm(NodeId id);
  InlineTerm termOf(NodeId id);

  InlineContext& context_;
  const Graph& graph_;
  const Schedule& schedule_;
  Scope scope_;
  RecordedLoop out_;
  VectorRecorder vector_;
  std::unordered_map<NodeId, InlineTerm> terms_;
  std::unordered_map<NodeId, uint32_t> slotPlaces_;
};

}  // namespace featc
