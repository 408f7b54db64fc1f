// SPDX-License-Identifier: Apache-2.0
// Cuts a graph down to one output.
#include "tools/prune.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <vector>

#include "optimizer/passes.h"
#include "support/suggest.h"

namespace featc {

std::optional<Graph> onlyFeature(const Graph& graph, const std::string& feature) {
  const std::vector<OutputInfo>& outputs = graph.info().outputs;
  std::vector<std::string_view> names;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].name == feature) {
      Graph one = graph;
      one.info().outputs = {outputs[i]};
      one.setOutputs({graph.outputs()[i]});
      return deadNodes(one);
    }
    names.push_back(outputs[i].name);
  }
  std::optional<std::string> nearest = nearestName(feature, names);
  constexpr size_t kShown = 20;
  std::string others =
      fmt::format("; there are: {}{}", fmt::join(std::span(names).first(std::min(names.size(), kShown)), " "),
                  names.size() > kShown ? " ..." : "");
  fmt::print(stderr, "featc: there is no feature \"{}\"{}\n", feature,
             nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : others);
  return std::nullopt;
}

}  // namespace featc
