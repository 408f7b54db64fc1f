// SPDX-License-Identifier: Apache-2.0
// What each step and callback of native code touches.
#include "codegen/plan/native_steps.h"

#include <algorithm>
#include <numeric>

namespace featc {

namespace {

class Binding {
 public:
  Binding(const Graph& graph, const Plan& plan, const ProgramConstants& constants)
      : graph_(graph), plan_(plan), constants_(constants), constantOf_(graph.size(), kNoSlot) {
    steps_.slots.resize(plan.actions.size());
    steps_.kernelOf.assign(graph.size(), 0);
    steps_.emitted.assign(graph.outputs().size(), 0);
    for (const Slot& slot : plan.slots) steps_.types.push_back(graph.node(slot.node).type);
  }

  NativeSteps make() {
    for (phase_ = 0; phase_ < plan_.actions.size(); ++phase_) {
      for (size_t s = 0; s < 2; ++s) {
        scope_ = s == 1 ? Scope::Item : Scope::Request;
        seen_.assign(plan_.slots.size(), false);
        for (const PlanAction& action : plan_.actions[phase_][s]) bind(action);
      }
    }
    findUses();
    return std::move(steps_);
  }

 private:
  void bind(const PlanAction& action) {
    switch (action.kind) {
      case PlanAction::Kind::Kernel: return bindKernel(action.index);
      case PlanAction::Kind::Emit: steps_.emitted[action.index] = view(graph_.outputs()[action.index]); return;
      case PlanAction::Kind::Loop: break;
    }
    const VectorLoop& loop = plan_.loops[action.index];
    for (size_t p = 0; p < loop.places.size(); ++p)
      if (!loop.code.places[p % loop.code.places.size()].isOutput()) useSlot(loop.places[p]);
  }

  void bindKernel(NodeId node) {
    BoundKernel kernel;
    kernel.call = &constants_.call(node);
    kernel.firstArg = static_cast<uint32_t>(steps_.args.size());
    kernel.argCount = static_cast<uint32_t>(kernel.call->args.size());
    for (NodeId arg : kernel.call->args) steps_.args.push_back(view(arg));
    kernel.out = view(node);
    kernel.isKept = plan_.schedule.columnOf[node] != kNoColumn;
    steps_.kernelOf[node] = static_cast<uint32_t>(steps_.kernels.size());
    steps_.kernels.push_back(std::move(kernel));
  }

  void findUses() {
    steps_.uses.resize(steps_.args.size());
    std::iota(steps_.uses.begin(), steps_.uses.end(), 0U);
    std::ranges::stable_sort(steps_.uses, {}, [&](uint32_t use) { return steps_.args[use]; });
    steps_.firstUse.assign(steps_.types.size() + 1, 0);
    for (uint32_t view : steps_.args) ++steps_.firstUse[view + 1];
    std::partial_sum(steps_.firstUse.begin(), steps_.firstUse.end(), steps_.firstUse.begin());
  }

  uint32_t view(NodeId node) {
    if (runScope(graph_.node(node)) != Scope::Constant) {
      uint32_t slot = plan_.slotFor(graph_, node, scope_);
      useSlot(slot);
      return slot;
    }
    uint32_t& constant = constantOf_[node];
    if (constant == kNoSlot) {
      constant = static_cast<uint32_t>(plan_.slots.size() + steps_.constants.size());
      steps_.constants.push_back(constants_.column(node));
      steps_.types.push_back(graph_.node(node).type);
    }
    return constant;
  }

  void useSlot(uint32_t slot) {
    if (slot == kNoSlot || seen_[slot]) return;
    seen_[slot] = true;
    NodeId node = plan_.slots[slot].node;
    uint32_t column = plan_.schedule.columnOf[node];
    NativeSteps::Slots& step = steps_.slots[phase_][scope_ == Scope::Item ? 1 : 0];
    BoundSlot bound{slot, column, graph_.node(node).type};
    if (plan_.slots[slot].spread)
      step.spread.push_back(bound);
    else if (column != kNoColumn)
      step.callColumns.push_back(bound);
  }

  const Graph& graph_;
  const Plan& plan_;
  const ProgramConstants& constants_;
  NativeSteps steps_;
  std::vector<uint32_t> constantOf_;  // by node: its view
  size_t phase_ = 0;
  Scope scope_ = Scope::Request;
  std::vector<bool> seen_;  // by slot, of the step
};

}  // namespace

NativeSteps bindSteps(const Graph& graph, const Plan& plan, const ProgramConstants& constants) {
  return Binding(graph, plan, constants).make();
}

}  // namespace featc
