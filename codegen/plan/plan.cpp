// SPDX-License-Identifier: Apache-2.0
// How a graph becomes native code: stages of kernels and loops, and what passes through memory.
#include "codegen/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "codegen/plan/fragments.h"
#include "codegen/plan/inline_code.h"
#include "codegen/plan/loop_recorder.h"

namespace featc {

namespace {

constexpr uint32_t kNotHere = UINT32_MAX;

// Within a step, stages alternate between kinds of work: the kernels of a stage, then its own loops,
// then its shared loops. A node's stage is the first in which all that it reads has been computed.
class Planner {
 public:
  Planner(const Graph& graph, const PlanLimits& limits) : graph_(graph), limits_(limits), context_(graph) {
    plan_.schedule = makeSchedule(graph);
    size_t n = graph.size();
    plan_.slotOf.assign(n, kNoSlot);
    plan_.spreadSlotOf.assign(n, kNoSlot);
    costs_.assign(n, InlineCost{});
    stage_.assign(n, kNotHere);
    latest_.assign(n, 0);
    loopOf_.assign(n, kNotHere);
    isRoot_.assign(n, false);
    emitted_.assign(n, false);
  }

  Plan make() {
    plan_.actions.resize(plan_.schedule.steps.size());
    for (uint32_t phase = 0; phase < plan_.schedule.steps.size(); ++phase) {
      for (uint32_t s = 0; s < 2; ++s) {
        planStep(plan_.schedule.steps[phase][s], s == 1 ? Scope::Item : Scope::Request, plan_.actions[phase][s]);
      }
    }
    // What a loop stores is known only when all that read it are planned.
    for (const OwnLoop& own : ownLoops_) recordOwnLoop(own);
    return std::move(plan_);
  }

 private:
  // A loop of nodes and outputs whose shape is not shared: values pass in registers.
  struct OwnLoop {
    uint32_t index = 0;  // in the plan's loops
    Scope scope = Scope::Item;
    std::vector<NodeId> nodes;
    std::vector<uint32_t> outputs;
  };

  bool isHere(NodeId id) const { return stage_[id] != kNotHere; }
  bool isInline(NodeId id) const { return costs_[id].possible; }
  bool isShared(NodeId id) const { return fragments_.isShared(id); }
  bool isSharedOutput(uint32_t output) const { return fragments_[fragments_.ofOutput(output)].shape != kNoShape; }
  bool isOwn(NodeId id) const { return isHere(id) && isInline(id) && !isShared(id); }

  bool emitsInline(uint32_t output) const {
    return graph_.node(graph_.outputs()[output]).type.isScalar() && graph_.info().outputs[output].width == 1 &&
           graph_.info().outputs[output].kind != OutputKind::Sequence;
  }

  void planStep(const ScheduleStep& step, Scope scope, std::vector<PlanAction>& actions) {
    if (step.nodes.empty() && step.outputs.empty()) return;
    scope_ = scope;
    findFragments(step);
    uint32_t last = assignStages(step);
    std::vector<StageWork> stages(last + 1);
    for (NodeId id : step.nodes) {
      if (!isInline(id))
        stages[stage_[id]].kernels.push_back(id);
      else if (isRoot_[id] && !isShared(id))
        stages[stage_[id]].roots.push_back(id);
    }
    for (uint32_t f = 0; f < fragments_.size(); ++f)
      if (fragments_[f].shape != kNoShape) stages[stageOfFragment_[f]].shared.push_back(&fragments_[f]);
    for (uint32_t stage = 0; stage <= last; ++stage) {
      for (NodeId id : stages[stage].kernels) addKernel(id, actions);
      for (NodeId id : stages[stage].roots) addToOwnLoop(id, stage, actions);
      if (stage == last) {
        for (uint32_t output : inlineOutputs_)
          if (!isSharedOutput(output)) addOutput(output, stage, actions);
      }
      finishOwnLoop(actions);
      addSharedLoops(stages[stage].shared, actions);
    }
    for (uint32_t output : step.outputs) {
      if (emitsInline(output)) continue;
      needSlot(graph_.outputs()[output], scope);
      actions.push_back({PlanAction::Kind::Emit, output});
    }
    for (NodeId id : step.nodes) stage_[id] = kNotHere;
  }

  struct StageWork {
    std::vector<NodeId> kernels;
    std::vector<NodeId> roots;  // of own loops
    std::vector<const Fragment*> shared;
  };

  void findFragments(const ScheduleStep& step) {
    inlineOutputs_.clear();
    for (uint32_t output : step.outputs) {
      if (emitsInline(output))
        inlineOutputs_.push_back(output);
      else
        emitted_[graph_.outputs()[output]] = true;
    }
    for (NodeId id : step.nodes) {
      stage_[id] = 0;
      isRoot_[id] = false;
      costs_[id] = inlineCost(context_, id);
    }
    StepNodes nodes{scope_, step.nodes, inlineOutputs_, emitted_, costs_};
    fragments_ = Fragments(context_, plan_.schedule, nodes, {limits_.shapeInstances, limits_.loopOperations});
  }

  // A kernel or a node of a loop runs as early as it can, a node of an own loop then as late as its
  // users allow, so that it is fused with them. Returns the last stage.
  uint32_t assignStages(const ScheduleStep& step) {
    stageOfFragment_.assign(fragments_.size(), 0);
    uint32_t last = 0;
    for (NodeId id : step.nodes) {
      uint32_t stage = 0;
      for (NodeId arg : graph_.args(id))
        if (!isShared(id) || fragments_.ofNode(arg) != fragments_.ofNode(id))
          stage = std::max(stage, stageAfter(arg, !isInline(id)));
      if (isShared(id)) {
        uint32_t& whole = stageOfFragment_[fragments_.ofNode(id)];
        stage = whole = std::max(whole, stage);
      }
      stage_[id] = stage;
      last = std::max(last, stage);
    }
    for (uint32_t output : inlineOutputs_) {
      uint32_t fragment = fragments_.ofOutput(output);
      uint32_t stage = stageAfter(graph_.outputs()[output], false);
      if (fragments_[fragment].nodes.empty()) stageOfFragment_[fragment] = stage;
      last = std::max(last, isSharedOutput(output) ? stageOfFragment_[fragment] : stage);
    }

    for (NodeId id : step.nodes) latest_[id] = last;
    for (uint32_t output : inlineOutputs_)
      if (isSharedOutput(output)) readBy(graph_.outputs()[output], stageOfFragment_[fragments_.ofOutput(output)]);
    for (size_t i = step.nodes.size(); i-- > 0;) {
      NodeId id = step.nodes[i];
      if (plan_.schedule.columnOf[id] != kNoColumn || emitted_[id]) isRoot_[id] = true;
      if (isOwn(id)) {
        stage_[id] = latest_[id];
        for (NodeId arg : graph_.args(id))
          if (isOwn(arg)) latest_[arg] = std::min(latest_[arg], stage_[id]);
      } else {
        uint32_t bound = isShared(id) ? stageOfFragment_[fragments_.ofNode(id)] : stage_[id];
        for (NodeId arg : graph_.args(id)) readBy(arg, isInline(id) ? bound : bound - 1);
      }
    }
    // A value that ended in another stage than its reader passes through memory.
    for (NodeId id : step.nodes) {
      if (!isOwn(id)) continue;
      for (NodeId arg : graph_.args(id))
        if (isOwn(arg) && stage_[arg] != stage_[id]) isRoot_[arg] = true;
    }
    return last;
  }

  // The stage in which something may read `arg`, seen from a kernel or from a loop.
  uint32_t stageAfter(NodeId arg, bool forKernel) const {
    if (!isHere(arg)) return 0;
    bool next = isShared(arg) || (forKernel && isInline(arg));
    return stage_[arg] + (next ? 1 : 0);
  }

  // Something reads an own loop's value from memory, in stage `bound` after the loop.
  void readBy(NodeId value, uint32_t bound) {
    if (!isOwn(value)) return;
    latest_[value] = std::min(latest_[value], bound);
    isRoot_[value] = true;
  }

  void addKernel(NodeId id, std::vector<PlanAction>& actions) {
    for (NodeId arg : valueArgs(graph_, id)) needSlot(arg, scope_);
    needSlot(id, scope_);
    actions.push_back({PlanAction::Kind::Kernel, id});
  }

  // A value that is read from memory by a step of `scope`; constants need none.
  uint32_t needSlot(NodeId id, Scope scope) {
    Scope own = runScope(graph_.node(id));
    if (own == Scope::Constant) return kNoSlot;
    bool spread = own != scope;
    uint32_t& slot = spread ? plan_.spreadSlotOf[id] : plan_.slotOf[id];
    if (slot == kNoSlot) {
      slot = static_cast<uint32_t>(plan_.slots.size());
      plan_.slots.push_back({id, spread});
    }
    return slot;
  }

  // -- Shared loops --------------------------------------------------------------------------------

  void addSharedLoops(const std::vector<const Fragment*>& fragments, std::vector<PlanAction>& actions) {
    std::vector<uint32_t> shapes;  // in order of appearance
    std::unordered_map<uint32_t, std::vector<const Fragment*>> byShape;
    for (const Fragment* fragment : fragments) {
      auto& members = byShape[fragment->shape];
      if (members.empty()) shapes.push_back(fragment->shape);
      members.push_back(fragment);
    }
    for (uint32_t shape : shapes) {
      actions.push_back({PlanAction::Kind::Loop, static_cast<uint32_t>(plan_.loops.size())});
      plan_.loops.push_back(sharedLoop(byShape[shape]));
    }
  }

  VectorLoop sharedLoop(const std::vector<const Fragment*>& members) {
    VectorLoop loop;
    loop.scope = scope_;
    loop.code = fragments_.codeOf(members.front()->shape);
    loop.code.constants = members.front()->constants;
    loop.instances = static_cast<uint32_t>(members.size());
    loop.varies.assign(loop.code.constants.size(), false);
    for (const Fragment* member : members)
      for (size_t c = 0; c < loop.varies.size(); ++c)
        if (member->constants[c] != loop.code.constants[c]) loop.varies[c] = true;
    simplify(loop.code, loop.varies);
    for (const Fragment* member : members) {
      addPlaces(loop, member->targets);
      for (size_t c = 0; c < loop.varies.size(); ++c)
        if (loop.varies[c]) loop.constants.push_back(member->constants[c]);
    }
    return loop;
  }

  void addPlaces(VectorLoop& loop, const std::vector<PlaceTarget>& targets) {
    for (size_t p = 0; p < targets.size(); ++p) {
      bool isOutput = loop.code.places[p].isOutput();
      loop.places.push_back(isOutput ? targets[p].id : needSlot(targets[p].id, loop.scope));
    }
  }

  // -- Own loops -----------------------------------------------------------------------------------

  void finishOwnLoop(std::vector<PlanAction>& actions) {
    if (!own_.nodes.empty() || !own_.outputs.empty()) {
      own_.index = static_cast<uint32_t>(plan_.loops.size());
      own_.scope = scope_;
      actions.push_back({PlanAction::Kind::Loop, own_.index});
      plan_.loops.emplace_back();
      ownLoops_.push_back(std::move(own_));
    }
    own_ = OwnLoop{};
    stores_ = 0;
    operations_ = 0;
  }

  void breakIfFull(std::vector<PlanAction>& actions) {
    if (stores_ >= limits_.loopStores || operations_ >= limits_.loopOperations) finishOwnLoop(actions);
  }

  void addOutput(uint32_t output, uint32_t stage, std::vector<PlanAction>& actions) {
    breakIfFull(actions);
    addToOwnLoop(graph_.outputs()[output], stage, actions);
    useInOwnLoop(graph_.outputs()[output]);
    own_.outputs.push_back(output);
    ++stores_;
  }

  // Puts a node and what it needs into the current loop, depth first, so that what belongs to one
  // feature stays together. Deep graphs: a work list, not recursion.
  void addToOwnLoop(NodeId root, uint32_t stage, std::vector<PlanAction>& actions) {
    std::vector<NodeId> pending{root};
    auto wanted = [&](NodeId id) { return isOwn(id) && stage_[id] == stage && loopOf_[id] == kNotHere; };
    while (!pending.empty()) {
      NodeId id = pending.back();
      if (!wanted(id)) {
        pending.pop_back();
        continue;
      }
      size_t before = pending.size();
      auto args = graph_.args(id);
      for (size_t i = args.size(); i-- > 0;)
        if (wanted(args[i])) pending.push_back(args[i]);
      if (pending.size() != before) continue;
      pending.pop_back();
      breakIfFull(actions);
      loopOf_[id] = static_cast<uint32_t>(ownLoops_.size());
      own_.nodes.push_back(id);
      operations_ += costs_[id].operations;
      for (NodeId arg : valueArgs(graph_, id)) useInOwnLoop(arg);
      if (isRoot_[id]) {
        needSlot(id, scope_);
        ++stores_;
      }
    }
  }

  // The current loop reads this value: from a register if it computes it, else from memory.
  void useInOwnLoop(NodeId id) {
    if (isOwn(id) && loopOf_[id] == ownLoops_.size()) return;
    needSlot(id, scope_);
  }

  void recordOwnLoop(const OwnLoop& own) {
    LoopRecorder recorder(context_, plan_.schedule, own.scope);
    for (NodeId id : own.nodes) {
      recorder.addNode(id);
      if (plan_.slotOf[id] != kNoSlot) recorder.store(id);
    }
    for (uint32_t output : own.outputs) recorder.emit(output);
    RecordedLoop recorded = recorder.take();
    VectorLoop& loop = plan_.loops[own.index];
    loop.scope = own.scope;
    loop.code = std::move(recorded.code);
    loop.varies.assign(loop.code.constants.size(), false);
    simplify(loop.code, loop.varies);
    addPlaces(loop, recorded.targets);
  }

  const Graph& graph_;
  PlanLimits limits_;
  InlineContext context_;
  Plan plan_;
  std::vector<InlineCost> costs_;
  std::vector<OwnLoop> ownLoops_;
  std::vector<uint32_t> loopOf_;  // by node: own loop
  // Of the step being planned.
  Scope scope_ = Scope::Item;
  Fragments fragments_;
  std::vector<uint32_t> inlineOutputs_;
  std::vector<uint32_t> stage_;   // kNotHere for nodes of other steps
  std::vector<uint32_t> latest_;  // bound for the stage of a node of an own loop
  std::vector<uint32_t> stageOfFragment_;
  std::vector<bool> isRoot_;   // an own loop's node that is written to memory
  std::vector<bool> emitted_;  // an output that the runtime emits reads it
  OwnLoop own_;
  uint32_t stores_ = 0;
  uint32_t operations_ = 0;
};

std::string actionText(const Graph& graph, const Plan& plan, const PlanAction& action) {
  switch (action.kind) {
    case PlanAction::Kind::Loop: return fmt::format("loop {} x {}", action.index, plan.loops[action.index].instances);
    case PlanAction::Kind::Kernel: return fmt::format("kernel %{} {}", action.index, graph.node(action.index).op->name);
    case PlanAction::Kind::Emit: return fmt::format("emit {}", graph.info().outputs[action.index].name);
  }
  return {};
}

}  // namespace

Plan makePlan(const Graph& graph, const PlanLimits& limits) { return Planner(graph, limits).make(); }

std::string toText(const Graph& graph, const Plan& plan) {
  std::string out;
  for (size_t phase = 0; phase < plan.actions.size(); ++phase) {
    for (size_t s = 0; s < 2; ++s) {
      if (plan.actions[phase][s].empty()) continue;
      out += fmt::format("phase {} {}\n", phase, s == 0 ? "requests" : "items");
      for (const PlanAction& action : plan.actions[phase][s]) out += "  " + actionText(graph, plan, action) + "\n";
    }
  }
  for (size_t i = 0; i < plan.loops.size(); ++i) {
    const VectorLoop& loop = plan.loops[i];
    out += fmt::format("\nloop {}: {} x {}\n", i, scopeName(loop.scope), loop.instances);
    out += toText(loop.code, loop.varies);
  }
  return out;
}

}  // namespace featc
