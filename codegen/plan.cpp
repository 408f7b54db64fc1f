// SPDX-License-Identifier: Apache-2.0
// How a graph becomes native code: fusing, cutting into parts, and what passes through memory.
#include "codegen/plan.h"

#include <algorithm>
#include <memory>

#include "codegen/inline_cost.h"
#include "ir/constants.h"

namespace featc {

namespace {

constexpr uint32_t kNotHere = UINT32_MAX;

class Planner {
 public:
  Planner(const Graph& graph, const PlanLimits& limits) : graph_(graph), limits_(limits), evaluator_(graph) {
    plan_.schedule = makeSchedule(graph);
    size_t n = graph.size();
    plan_.slotOf.assign(n, kNoSlot);
    plan_.spreadSlotOf.assign(n, kNoSlot);
    cost_.assign(n, InlineCost{});
    stage_.assign(n, kNotHere);
    partOf_.assign(n, kNotHere);
  }

  Plan make() {
    plan_.actions.resize(plan_.schedule.steps.size());
    for (uint32_t phase = 0; phase < plan_.schedule.steps.size(); ++phase) {
      for (uint32_t s = 0; s < 2; ++s) {
        planStep(plan_.schedule.steps[phase][s], s == 1 ? Scope::Item : Scope::Request, plan_.actions[phase][s]);
      }
    }
    return std::move(plan_);
  }

 private:
  bool isInline(NodeId id) const { return cost_[id].possible; }
  bool isHere(NodeId id) const { return stage_[id] != kNotHere; }

  bool emitsInline(uint32_t output) const {
    return graph_.node(graph_.outputs()[output]).type.isScalar() && graph_.info().outputs[output].width == 1 &&
           graph_.info().outputs[output].kind != OutputKind::Sequence;
  }

  void planStep(const ScheduleStep& step, Scope scope, std::vector<PlanAction>& actions) {
    uint32_t last = assignStages(step);
    std::vector<std::vector<NodeId>> kernels(last + 1);
    std::vector<std::vector<NodeId>> roots(last + 1);
    for (NodeId id : step.nodes) {
      if (!isInline(id))
        kernels[stage_[id]].push_back(id);
      else if (isRoot_[id])
        roots[stage_[id]].push_back(id);
    }
    for (uint32_t stage = 0; stage <= last; ++stage) {
      for (NodeId id : kernels[stage]) addKernel(id, scope, actions);
      startPart(scope);
      for (NodeId id : roots[stage]) addToPart(id, stage, actions);
      if (stage == last) {
        for (uint32_t output : step.outputs) {
          if (emitsInline(output)) addOutput(output, stage, actions);
        }
      }
      finishPart(actions);
    }
    for (uint32_t output : step.outputs) {
      if (emitsInline(output)) continue;
      needSlot(graph_.outputs()[output], scope);
      actions.push_back({PlanAction::Kind::Emit, output});
    }
    for (NodeId id : step.nodes) stage_[id] = kNotHere;
  }

  // Kernels of a stage run before its vector loops. A kernel runs as early as it can, an inline
  // node as late as its users allow, so that it is fused with them.
  uint32_t assignStages(const ScheduleStep& step) {
    isRoot_.resize(graph_.size());
    uint32_t last = 0;
    for (NodeId id : step.nodes) {
      cost_[id] = inlineCost(graph_, id, evaluator_);
      uint32_t stage = 0;
      for (NodeId arg : graph_.args(id)) {
        if (!isHere(arg)) continue;
        stage = std::max(stage, stage_[arg] + (!isInline(id) && isInline(arg) ? 1 : 0));
      }
      stage_[id] = stage;
      isRoot_[id] = false;
      last = std::max(last, stage);
    }
    std::vector<uint32_t> latest(step.nodes.size(), last);
    for (size_t i = step.nodes.size(); i-- > 0;) {
      NodeId id = step.nodes[i];
      position_[id] = static_cast<uint32_t>(i);
    }
    for (size_t i = step.nodes.size(); i-- > 0;) {
      NodeId id = step.nodes[i];
      if (isInline(id)) stage_[id] = latest[i];
      if (plan_.schedule.columnOf[id] != kNoColumn) isRoot_[id] = true;
      for (NodeId arg : graph_.args(id)) {
        if (!isHere(arg) || !isInline(arg)) continue;
        uint32_t bound = isInline(id) ? stage_[id] : stage_[id] - 1;
        uint32_t& at = latest[position_[arg]];
        at = std::min(at, bound);
        if (!isInline(id) || stage_[id] != at) isRoot_[arg] = true;
      }
    }
    return last;
  }

  void addKernel(NodeId id, Scope scope, std::vector<PlanAction>& actions) {
    for (NodeId arg : valueArgs(graph_, id)) needSlot(arg, scope);
    needSlot(id, scope);
    actions.push_back({PlanAction::Kind::Kernel, id});
  }

  // A value that is read from memory by a step of `scope`; constants need none.
  void needSlot(NodeId id, Scope scope) {
    Scope own = runScope(graph_.node(id));
    if (own == Scope::Constant) return;
    bool spread = own != scope;
    uint32_t& slot = spread ? plan_.spreadSlotOf[id] : plan_.slotOf[id];
    if (slot != kNoSlot) return;
    slot = static_cast<uint32_t>(plan_.slots.size());
    plan_.slots.push_back({id, spread});
  }

  void startPart(Scope scope) {
    part_ = VectorPart{};
    part_.scope = scope;
    stores_ = 0;
    operations_ = 0;
  }

  void finishPart(std::vector<PlanAction>& actions) {
    if (!part_.nodes.empty() || !part_.outputs.empty()) {
      actions.push_back({PlanAction::Kind::Part, static_cast<uint32_t>(plan_.parts.size())});
      plan_.parts.push_back(std::move(part_));
    }
    startPart(part_.scope);
  }

  void breakPartIfFull(std::vector<PlanAction>& actions) {
    if (stores_ >= limits_.partStores || operations_ >= limits_.partOperations) finishPart(actions);
  }

  void addOutput(uint32_t output, uint32_t stage, std::vector<PlanAction>& actions) {
    breakPartIfFull(actions);
    addToPart(graph_.outputs()[output], stage, actions);
    useInPart(graph_.outputs()[output]);
    part_.outputs.push_back(output);
    ++stores_;
  }

  // Puts an inline node and what it needs into the current part, depth first, so that what belongs
  // to one feature stays together. Deep graphs: a work list, not recursion.
  void addToPart(NodeId root, uint32_t stage, std::vector<PlanAction>& actions) {
    std::vector<NodeId> pending{root};
    while (!pending.empty()) {
      NodeId id = pending.back();
      if (!isHere(id) || !isInline(id) || stage_[id] != stage || partOf_[id] != kNotHere) {
        pending.pop_back();
        continue;
      }
      size_t before = pending.size();
      auto args = graph_.args(id);
      for (size_t i = args.size(); i-- > 0;) {
        NodeId arg = args[i];
        if (isHere(arg) && isInline(arg) && stage_[arg] == stage && partOf_[arg] == kNotHere) pending.push_back(arg);
      }
      if (pending.size() != before) continue;
      pending.pop_back();
      breakPartIfFull(actions);
      partOf_[id] = static_cast<uint32_t>(plan_.parts.size());
      part_.nodes.push_back(id);
      operations_ += cost_[id].operations;
      for (NodeId arg : valueArgs(graph_, id)) useInPart(arg);
      if (isRoot_[id]) {
        needSlot(id, part_.scope);
        ++stores_;
      }
    }
  }

  // The current part reads this value: from a register if it computes it, else from memory.
  void useInPart(NodeId id) {
    if (isHere(id) && isInline(id) && partOf_[id] == plan_.parts.size()) return;
    needSlot(id, part_.scope);
  }

  const Graph& graph_;
  PlanLimits limits_;
  ConstantEvaluator evaluator_;
  Plan plan_;
  std::vector<InlineCost> cost_;
  std::vector<uint32_t> stage_;  // of the step being planned, kNotHere for nodes of others
  std::vector<uint32_t> partOf_;
  std::vector<bool> isRoot_;
  std::unordered_map<NodeId, uint32_t> position_;
  VectorPart part_;
  uint32_t stores_ = 0;
  uint32_t operations_ = 0;
};

}  // namespace

Plan makePlan(const Graph& graph, const PlanLimits& limits) { return Planner(graph, limits).make(); }

}  // namespace featc
