// SPDX-License-Identifier: Apache-2.0
// The passes in order, and the one runner that times, verifies and shows each.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"
#include "support/error.h"

namespace featc {

// A function from graph to graph, in a file of its name. Results stay equal to the bit.
struct Pass {
  std::string_view name;
  std::string_view doc;  // one line
  Graph (*run)(const Graph& graph);
  std::string_view formerName{};  // which options still take
};

// All passes, in the order in which `optimize` runs them.
std::span<const Pass> passes();
const Pass* findPass(std::string_view name);
// `A,B`, in the order given, or `none`. Fails with BadArgument for an unknown name.
Expected<std::vector<const Pass*>> parsePassList(std::string_view text);

// What one pass did.
struct PassReport {
  const Pass* pass = nullptr;
  size_t nodesBefore = 0;
  size_t nodesAfter = 0;
  double seconds = 0;
};
// `simplify              152 ->    148 nodes     0.21 ms`
std::string toString(const PassReport& report);

struct OptimizeOptions {
  // Instead of all passes in the table's order.
  std::optional<std::vector<const Pass*>> passes;
  // Called after each pass, for dumps and statistics.
  std::function<void(const PassReport& report, const Graph& graph)> after;
};

// Verifies the graph after each pass: a broken one stops the program with the IR dumped.
Graph optimize(const Graph& graph, const OptimizeOptions& options = {});

}  // namespace featc
