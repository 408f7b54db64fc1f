// SPDX-License-Identifier: Apache-2.0
// The pieces of a step that could each be a loop of its own, and the shapes that many of them share.
#include "codegen/plan/fragments.h"

namespace featc {

namespace {

// Who reads a node's value inline: nobody yet, one node or output, or several (or something that
// needs it in memory).
constexpr uint32_t kNobody = UINT32_MAX;
constexpr uint32_t kSeveral = UINT32_MAX - 1;

uint64_t shapeHash(const VectorCode& code) {
  auto bytes = [](const auto& items) {
    return std::string_view(reinterpret_cast<const char*>(items.data()), items.size() * sizeof(items[0]));
  };
  return hashBytes(HashFamily::Xxh3, bytes(code.instructions)) * 31 + hashBytes(HashFamily::Xxh3, bytes(code.places));
}

bool sameShape(const VectorCode& a, const VectorCode& b) {
  return a.instructions == b.instructions && a.places == b.places;
}

}  // namespace

Fragments::Fragments(InlineContext& context, const Schedule& schedule, const StepNodes& step,
                     const ShapeLimits& limits) {
  divide(context, schedule, step);
  orderNodes(context.graph(), step);
  findShapes(context, schedule, step.scope, limits);
}

// A node that one other node or output reads belongs to the fragment of its reader.
void Fragments::divide(const InlineContext& context, const Schedule& schedule, const StepNodes& step) {
  const Graph& graph = context.graph();
  auto size = static_cast<uint32_t>(graph.size());
  ofNode_.assign(size, kNoFragment);
  std::vector<uint32_t> reader(size, kNobody);  // node, or graph size + output
  auto read = [&](NodeId value, uint32_t by) {
    if (reader[value] != by) reader[value] = reader[value] == kNobody ? by : kSeveral;
  };
  for (NodeId id : step.nodes)
    for (NodeId arg : graph.args(id)) read(arg, step.costs[id].possible ? id : kSeveral);
  for (uint32_t output : step.inlineOutputs) read(graph.outputs()[output], size + output);

  for (NodeId id : step.nodes) {
    if (schedule.columnOf[id] != kNoColumn || step.emitted[id]) reader[id] = kSeveral;
    if (!step.costs[id].possible || reader[id] != kSeveral) continue;
    ofNode_[id] = static_cast<uint32_t>(fragments_.size());
    fragments_.emplace_back();
  }
  for (uint32_t output : step.inlineOutputs) {
    ofOutput_[output] = static_cast<uint32_t>(fragments_.size());
    fragments_.emplace_back().output = output;
  }
  for (size_t i = step.nodes.size(); i-- > 0;) {
    NodeId id = step.nodes[i];
    if (!step.costs[id].possible) continue;
    if (ofNode_[id] == kNoFragment)
      ofNode_[id] = reader[id] < size ? ofNode_[reader[id]] : ofOutput_[reader[id] - size];
    fragments_[ofNode_[id]].operations += step.costs[id].operations;
  }
}

// Two fragments of one shape list their nodes alike, whatever the nodes' order in the graph.
void Fragments::orderNodes(const Graph& graph, const StepNodes& step) {
  std::vector<bool> placed(graph.size());
  auto addFrom = [&](NodeId root, uint32_t fragment) {
    std::vector<NodeId> pending{root};
    while (!pending.empty()) {
      NodeId id = pending.back();
      if (ofNode_[id] != fragment || placed[id]) {
        pending.pop_back();
        continue;
      }
      size_t before = pending.size();
      auto args = graph.args(id);
      for (size_t i = args.size(); i-- > 0;)
        if (ofNode_[args[i]] == fragment && !placed[args[i]]) pending.push_back(args[i]);
      if (pending.size() != before) continue;
      pending.pop_back();
      placed[id] = true;
      fragments_[fragment].nodes.push_back(id);
    }
  };
  for (uint32_t output : step.inlineOutputs) addFrom(graph.outputs()[output], ofOutput_[output]);
  for (size_t i = step.nodes.size(); i-- > 0;)
    if (ofNode_[step.nodes[i]] != kNoFragment) addFrom(step.nodes[i], ofNode_[step.nodes[i]]);
}

void Fragments::findShapes(InlineContext& context, const Schedule& schedule, Scope scope, const ShapeLimits& limits) {
  struct Shape {
    VectorCode code;
    std::vector<uint32_t> members;
  };
  std::vector<Shape> found;
  std::unordered_multimap<uint64_t, uint32_t> byHash;
  for (uint32_t f = 0; f < fragments_.size(); ++f) {
    Fragment& fragment = fragments_[f];
    if (fragment.operations > limits.maxOperations) continue;
    LoopRecorder recorder(context, schedule, scope);
    for (NodeId id : fragment.nodes) recorder.addNode(id);
    if (fragment.output != UINT32_MAX)
      recorder.emit(fragment.output);
    else
      recorder.store(fragment.nodes.back());
    RecordedLoop recorded = recorder.take();
    fragment.constants = std::move(recorded.code.constants);
    fragment.targets = std::move(recorded.targets);
    uint64_t hash = shapeHash(recorded.code);
    auto [at, end] = byHash.equal_range(hash);
    while (at != end && !sameShape(found[at->second].code, recorded.code)) ++at;
    if (at == end) {
      at = byHash.emplace(hash, static_cast<uint32_t>(found.size()));
      found.push_back({std::move(recorded.code), {}});
    }
    found[at->second].members.push_back(f);
  }
  for (Shape& shape : found) {
    if (shape.members.size() < limits.minInstances) continue;
    for (uint32_t f : shape.members) fragments_[f].shape = static_cast<uint32_t>(shapes_.size());
    shapes_.push_back(std::move(shape.code));
  }
}

}  // namespace featc
