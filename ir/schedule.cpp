// SPDX-License-Identifier: Apache-2.0
// In which order and phase a graph's nodes are computed, and which values outlive their block.
#include "ir/schedule.h"

#include <algorithm>

namespace featc {

Scope runScope(const Node& node) {
  return node.scope == Scope::Constant && holdsWeighted(node.type) ? Scope::Request : node.scope;
}

namespace {

bool isLeaf(const Node& node) { return node.kind != NodeKind::Call; }

class Scheduler {
 public:
  explicit Scheduler(const Graph& graph)
      : graph_(graph), live_(graph.size()), keyOf_(graph.size(), kNever), phase_(graph.size()) {
    out_.columnOf.assign(graph.size(), kNoColumn);
    for (const InputInfo& input : graph.info().inputs) out_.layout.columns.push_back({input.scope, input.type});
    out_.layout.inputUsed.assign(graph.info().inputs.size(), false);
  }

  Schedule make() {
    markLive();
    markKeys();
    assignPhases();
    assignColumns();
    fillSteps();
    addReads();
    return std::move(out_);
  }

 private:
  static constexpr uint32_t kNever = UINT32_MAX;

  void markLive() {
    for (NodeId output : graph_.outputs()) live_[output] = true;
    for (NodeId id = static_cast<NodeId>(graph_.size()); id-- > 0;) {
      if (!live_[id]) continue;
      for (NodeId arg : graph_.args(id)) live_[arg] = true;
      if (graph_.node(id).kind == NodeKind::Read) levels_ = std::max(levels_, graph_.node(id).level);
    }
  }

  // keyOf_[n]: the lowest read level (0-based) whose keys need n.
  void markKeys() {
    for (NodeId id = static_cast<NodeId>(graph_.size()); id-- > 0;) {
      if (!live_[id]) continue;
      const Node& node = graph_.node(id);
      uint32_t level = node.kind == NodeKind::Read ? node.level - 1 : keyOf_[id];
      if (level == kNever) continue;
      for (NodeId arg : graph_.args(id)) keyOf_[arg] = std::min(keyOf_[arg], level);
    }
  }

  void assignPhases() {
    out_.layout.phases = 2 * levels_ + 1;
    for (NodeId id = 0; id < graph_.size(); ++id) {
      uint32_t level = graph_.node(id).level;
      bool early = level == levels_ || keyOf_[id] == level;
      phase_[id] = 2 * level + (early ? 0 : 1);
    }
  }

  uint32_t addColumn(NodeId id, Scope scope) {
    if (out_.columnOf[id] == kNoColumn) {
      out_.columnOf[id] = static_cast<uint32_t>(out_.layout.columns.size());
      bool isConstant = runScope(graph_.node(id)) == Scope::Constant;
      out_.layout.columns.push_back({scope, graph_.node(id).type, isConstant ? out_.layout.phases : phase_[id]});
    }
    return out_.columnOf[id];
  }

  void assignColumns() {
    for (NodeId id = 0; id < graph_.size(); ++id) {
      if (!live_[id]) continue;
      const Node& node = graph_.node(id);
      if (node.kind == NodeKind::Input) {
        out_.columnOf[id] = node.index;
        out_.layout.inputUsed[node.index] = true;
      } else if (node.kind == NodeKind::Field) {
        addColumn(id, node.scope);
      } else if (node.kind == NodeKind::Read) {
        for (NodeId key : graph_.args(id)) addKeyColumn(key);
      } else if (node.kind == NodeKind::Call && runScope(node) != Scope::Constant) {
        for (NodeId arg : graph_.args(id)) keepFor(id, arg);
      }
    }
  }

  void addKeyColumn(NodeId key) {
    if (runScope(graph_.node(key)) == Scope::Constant) {
      if (out_.columnOf[key] == kNoColumn) out_.constantKeys.push_back(key);
      addColumn(key, Scope::Request);
    } else {
      addColumn(key, graph_.node(key).scope);
    }
  }

  // A value that another step reads has to outlive its block.
  void keepFor(NodeId user, NodeId arg) {
    const Node& node = graph_.node(arg);
    Scope scope = runScope(node);
    if (isLeaf(node) || scope == Scope::Constant) return;
    if (phase_[user] != phase_[arg] || runScope(graph_.node(user)) != scope) addColumn(arg, scope);
  }

  void fillSteps() {
    out_.steps.resize(out_.layout.phases);
    out_.layout.makesValues = false;
    for (NodeId id = 0; id < graph_.size(); ++id) {
      if (!live_[id]) continue;
      const Node& node = graph_.node(id);
      if (runScope(node) == Scope::Constant) {
        out_.constants.push_back(id);
      } else if (!isLeaf(node)) {
        stepOf(id).nodes.push_back(id);
        if (node.resolution.makesList() || node.op->overloads[node.resolution.overload].makesValues)
          out_.layout.makesValues = true;
      }
    }
    for (uint32_t i = 0; i < graph_.outputs().size(); ++i) stepOf(graph_.outputs()[i]).outputs.push_back(i);
  }

  ScheduleStep& stepOf(NodeId id) { return out_.steps[phase_[id]][runScope(graph_.node(id)) == Scope::Item ? 1 : 0]; }

  void addReads() {
    std::vector<uint32_t> stepOfRead(graph_.size(), kNever);
    for (NodeId id = 0; id < graph_.size(); ++id) {
      if (!live_[id]) continue;
      const Node& node = graph_.node(id);
      if (node.kind == NodeKind::Read) {
        ReadStep step;
        step.source = node.index;
        step.phase = 2 * (node.level - 1);
        step.neededBy = 2 * node.level;
        step.scope = node.scope;
        step.aligned = node.type.rowAligned();
        for (NodeId key : graph_.args(id)) step.keyColumns.push_back(out_.columnOf[key]);
        stepOfRead[id] = static_cast<uint32_t>(out_.layout.reads.size());
        out_.layout.reads.push_back(std::move(step));
      } else if (node.kind == NodeKind::Field) {
        out_.layout.reads[stepOfRead[graph_.args(id)[0]]].fields.push_back({node.index, out_.columnOf[id]});
      }
    }
  }

  const Graph& graph_;
  Schedule out_;
  std::vector<bool> live_;
  std::vector<uint32_t> keyOf_;
  std::vector<uint32_t> phase_;
  uint32_t levels_ = 0;
};

}  // namespace

Schedule makeSchedule(const Graph& graph) { return Scheduler(graph).make(); }

}  // namespace featc
