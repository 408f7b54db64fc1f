// SPDX-License-Identifier: Apache-2.0
// The passes in order, and the one runner that times, verifies and shows each.
#include "optimizer/pass.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "ir/verifier.h"
#include "optimizer/passes.h"

namespace featc {
namespace {

constexpr std::array kPasses{
    Pass{"constant_folding", "computes calls whose arguments are all constants", constantFolding},
    Pass{"simplify", "applies the operators' laws that hold bit for bit", simplify},
    Pass{"hash_sharing", "splits crosses, so that a field is hashed once for all crosses that use it", hashSharing},
    Pass{"argument_order", "merges calls that differ only in the order of their arguments", argumentOrder,
         "common_operators"},
    Pass{"hash_of_elements", "takes an element's hash from the hashes of its list, if those are needed anyway",
         hashOfElements},
    Pass{"text_numbers", "compares the texts of two lists once for all operators that take both", textNumbers},
    Pass{"dead_nodes", "drops nodes that no output needs, including reads and their fields", deadNodes},
    Pass{"scope_hoisting", "computes per request what items share, and orders requests before items", scopeHoisting},
    Pass{"read_first_ordering", "computes keys first, so that everything else runs while reads are in flight",
         readFirstOrdering},
};

}  // namespace

std::span<const Pass> passes() { return kPasses; }

const Pass* findPass(std::string_view name) {
  auto isMeant = [&](const Pass& pass) { return pass.name == name || (!name.empty() && pass.formerName == name); };
  const auto* found = std::ranges::find_if(kPasses, isMeant);
  return found == kPasses.end() ? nullptr : found;
}

Expected<std::vector<const Pass*>> parsePassList(std::string_view text) {
  std::vector<const Pass*> list;
  if (text == "none") return list;
  while (true) {
    size_t comma = std::min(text.find(','), text.size());
    std::string_view name = text.substr(0, comma);
    const Pass* pass = findPass(name);
    if (pass == nullptr) {
      std::string message = fmt::format("unknown pass \"{}\"; known are", name);
      for (const Pass& known : kPasses) message += fmt::format(" {}", known.name);
      return Error(std::move(message), ErrorCode::BadArgument);
    }
    list.push_back(pass);
    if (comma == text.size()) return list;
    text.remove_prefix(comma + 1);
  }
}

std::string toString(const PassReport& report) {
  return fmt::format("{:<20} {:>8} -> {:>8} nodes {:>10.2f} ms", report.pass->name, report.nodesBefore,
                     report.nodesAfter, report.seconds * 1e3);
}

Graph optimize(const Graph& graph, const OptimizeOptions& options) {
  std::vector<const Pass*> list;
  if (options.passes) {
    list = *options.passes;
  } else {
    for (const Pass& pass : kPasses) list.push_back(&pass);
  }
  Graph current = graph;
  for (const Pass* pass : list) {
    auto start = std::chrono::steady_clock::now();
    Graph next = pass->run(current);
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    verifyOrDie(next, fmt::format("pass {}", pass->name).c_str());
    if (options.after) options.after({pass, current.size(), next.size(), seconds.count()}, next);
    current = std::move(next);
  }
  return current;
}

}  // namespace featc
