// SPDX-License-Identifier: Apache-2.0
// Cuts a graph down to some of its outputs.
#include "engine/explain/prune.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <vector>

#include "optimizer/passes.h"
#include "support/print_error.h"
#include "support/suggest.h"

namespace featc {

Graph onlyOutputs(const Graph& graph, std::span<const size_t> outputs) {
  Graph some = graph;
  some.info().outputs.clear();
  std::vector<NodeId> nodes;
  for (size_t i : outputs) {
    some.info().outputs.push_back(graph.info().outputs[i]);
    nodes.push_back(graph.outputs()[i]);
  }
  some.setOutputs(std::move(nodes));
  return deadNodes(some);
}

std::optional<Graph> onlyFeature(const Graph& graph, const std::string& feature) {
  const std::vector<OutputInfo>& outputs = graph.info().outputs;
  std::vector<std::string_view> names;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].name == feature) return onlyOutputs(graph, {{i}});
    names.push_back(outputs[i].name);
  }
  std::optional<std::string> nearest = nearestName(feature, names);
  constexpr size_t kShown = 20;
  std::string others =
      fmt::format("; there are: {}{}", fmt::join(std::span(names).first(std::min(names.size(), kShown)), " "),
                  names.size() > kShown ? " ..." : "");
  printError("featc: there is no feature \"{}\"{}\n", feature,
             nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : others);
  return std::nullopt;
}

}  // namespace featc
