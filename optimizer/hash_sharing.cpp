// SPDX-License-Identifier: Apache-2.0
// Takes `cross` apart into one `hash` an argument and what combines them, so that a field that is
// hashed once serves every cross and every output that uses it.
//
// Crosses that begin alike share the hashes combined so far as well.
#include <algorithm>
#include <bit>
#include <unordered_set>

#include "optimizer/law_rewriter.h"
#include "optimizer/passes.h"

namespace featc {

namespace {

// Shares hashes in mapped calls, too: the law sees one element of each list that a call maps over.
class HashSharer : public LawRewriter {
 public:
  explicit HashSharer(const Graph& graph) : LawRewriter(graph, &Operator::shareHashes) {}

  Type type(NodeRef node) const override {
    Type type = LawRewriter::type(node);
    return isEach(node.index) ? type.element().withNullable() : type;
  }
  const Value* constant(NodeRef node) const override {
    return isEach(node.index) ? nullptr : LawRewriter::constant(node);
  }
  const Operator* callee(NodeRef node) const override {
    return isEach(node.index) ? nullptr : LawRewriter::callee(node);
  }
  NodeRef makeCall(std::string_view name, std::span<const NodeRef> given) override {
    if (each_.empty()) return LawRewriter::makeCall(name, given);
    std::vector<NodeId> args;
    uint64_t mapMask = 0;
    for (NodeRef arg : given) {
      if (isEach(arg.index)) mapMask |= uint64_t{1} << args.size();
      args.push_back(arg.index);
    }
    NodeId call = keptEach(callEach(name, mapMask, args), mapMask);
    if (mapMask != 0) each_.insert(call);
    return NodeRef{call};
  }

 private:
  // No law that drops an argument may do this: it could change how many elements there are.
  std::optional<NodeId> applyEach(const Operator& op, const CallResolution& resolution,
                                  const std::vector<NodeId>& args) override {
    for (size_t i = 0; i < args.size(); ++i)
      if (resolution.maps(i)) each_.insert(args[i]);
    // A list that is also taken whole cannot be told apart from its elements.
    bool clear = true;
    for (size_t i = 0; i < args.size(); ++i) clear = clear && isEach(args[i]) == resolution.maps(i);
    std::optional<NodeId> result = clear ? apply(op, args) : std::nullopt;
    if (result && !isEach(*result)) result.reset();
    each_.clear();
    return result;
  }

  bool isEach(NodeId node) const { return each_.contains(node); }

  // The call as one of each element, where the graph has made it one that maps over lists: of two lists one of which
  // may be missing that is not the same. Elements of the other are there then, a list that is mapped over is not.
  NodeId keptEach(NodeId call, uint64_t mapMask) {
    const Node node = graph().node(call);
    if (std::popcount(mapMask) < 2 || node.kind != NodeKind::Call || node.resolution.mapMask == mapMask) return call;
    std::vector<NodeId> args(graph().args(call).begin(), graph().args(call).end());
    if (std::ranges::none_of(args, [&](NodeId arg) { return graph().node(arg).type.nullable(); })) return call;
    CallResolution resolution = node.resolution;
    resolution.mapMask = mapMask;
    resolution.liftMask = 0;
    return graph().addCall(*node.op, resolution, args, origin());
  }

  std::unordered_set<NodeId> each_;  // of the mapped call that the law looks at: what stands for its elements
};

}  // namespace

Graph hashSharing(const Graph& graph) { return HashSharer(graph).run(); }

}  // namespace featc
