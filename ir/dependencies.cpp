// SPDX-License-Identifier: Apache-2.0
#include "ir/dependencies.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace featc {

namespace {

// Follows the arguments of one output after the other. A node is seen once for its value, and once for each source
// whose key it makes.
class Walk {
 public:
  explicit Walk(const Graph& graph) : graph_(graph) {}

  Dependencies of(NodeId output) {
    Dependencies found;
    seen_.clear();
    pending_.push_back({output, kNoSource});
    while (!pending_.empty()) {
      Step step = pending_.back();
      pending_.pop_back();
      visit(step, found);
    }
    sortUnique(found.inputs,
               [](const InputUse& use) { return std::tuple(use.keyOf != kNoSource, use.keyOf, use.input); });
    sortUnique(found.fields, [](const SourceUse& use) { return std::tuple(use.source, use.field, use.keyOf); });
    return found;
  }

 private:
  struct Step {
    NodeId node;
    uint32_t keyOf;  // the source whose key is made of it
    auto operator<=>(const Step&) const = default;
  };

  void visit(Step step, Dependencies& found) {
    const Node& node = graph_.node(step.node);
    switch (node.kind) {
      case NodeKind::Constant: return;
      case NodeKind::Input: found.inputs.push_back({node.index, step.keyOf}); return;
      case NodeKind::Field:
        found.fields.push_back({graph_.node(graph_.args(step.node)[0]).index, node.index, step.keyOf});
        break;
      case NodeKind::Read: step.keyOf = node.index; break;
      case NodeKind::Call: break;
    }
    for (NodeId argument : graph_.args(step.node)) {
      Step next{argument, step.keyOf};
      if (seen_.insert(next).second) pending_.push_back(next);
    }
  }

  template <class T, class Key>
  static void sortUnique(std::vector<T>& uses, Key key) {
    std::ranges::sort(uses, {}, key);
    uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
  }

  const Graph& graph_;
  std::vector<Step> pending_;
  std::set<Step> seen_;
};

}  // namespace

std::vector<Dependencies> dependenciesOf(const Graph& graph) {
  std::vector<Dependencies> all;
  Walk walk(graph);
  for (NodeId output : graph.outputs()) all.push_back(walk.of(output));
  return all;
}

}  // namespace featc
