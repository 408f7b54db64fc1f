// SPDX-License-Identifier: Apache-2.0
#include "engine/diff/config_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <map>
#include <utility>

#include "engine/diff/canonical_nodes.h"
#include "engine/diff/input_diff.h"
#include "engine/explain/prune.h"
#include "ir/dependencies.h"
#include "optimizer/pass.h"

namespace featc {
namespace {

constexpr std::array<std::string_view, 5> kRankNames = {"nothing", "cost", "inputs", "values", "contract"};

std::string changed(std::string_view what, const std::string& from, const std::string& to) {
  return fmt::format("{} {} -> {}", what, from, to);
}

// The outputs of one config, in their order.
class Outputs {
 public:
  Outputs(const Graph& graph, CanonicalNodes& nodes)
      : graph_(graph), raw_(nodes.numbersOf(graph)), optimized_(graph.outputs().size()) {
    for (size_t i = 0; i < size(); ++i) byName_.emplace(info(i).name, i);
  }

  size_t size() const { return graph_.outputs().size(); }
  const OutputInfo& info(size_t i) const { return graph_.info().outputs[i]; }
  Span origin(size_t i) const { return graph_.node(graph_.outputs()[i]).origin; }
  std::optional<size_t> find(const std::string& name) const {
    auto found = byName_.find(name);
    return found == byName_.end() ? std::nullopt : std::optional(found->second);
  }
  // What the value is before the optimizer, and once it has been optimized alone: what other outputs share with it
  // must not matter.
  uint32_t rawValue(size_t i) const { return raw_[graph_.outputs()[i]]; }
  uint32_t optimizedValue(size_t i, CanonicalNodes& nodes) {
    if (!optimized_[i]) {
      const Graph alone = optimize(onlyOutputs(graph_, {{i}}));
      optimized_[i] = nodes.numbersOf(alone)[alone.outputs().front()];
    }
    return *optimized_[i];
  }

 private:
  const Graph& graph_;
  std::vector<uint32_t> raw_;                       // by node
  std::vector<std::optional<uint32_t>> optimized_;  // by output, once asked for
  std::map<std::string, size_t> byName_;
};

class Comparison {
 public:
  Comparison(const Graph& before, const Graph& after)
      : before_(before),
        after_(after),
        old_(before, nodes_),
        new_(after, nodes_),
        oldReads_(dependenciesOf(before)),
        newReads_(dependenciesOf(after)),
        sameMeaning_(before.info().semantics == after.info().semantics &&
                     before.info().hashFamily == after.info().hashFamily) {}

  ConfigDiff run() {
    diff_.outputsBefore = old_.size();
    diff_.outputsAfter = new_.size();
    pairOutputs();
    compareConfigs();
    for (auto [from, to] : pairs_) compareOutputs(from, to);
    compareOrder();
    for (Difference& difference : differentInputs(before_.info(), oldReads_, after_.info(), newReads_))
      diff_.differences.push_back(std::move(difference));
    if (diff_.differences.empty()) compareCost();
    std::ranges::stable_sort(diff_.differences, std::greater<>(), &Difference::rank);
    return std::move(diff_);
  }

 private:
  void add(DiffRank rank, const OutputInfo& output, std::string text) {
    diff_.differences.push_back({rank, std::string(outputKindName(output.kind)), output.name, std::move(text)});
  }

  // By name; what is left by value: those are renamed.
  void pairOutputs() {
    std::vector<size_t> gone;
    for (size_t i = 0; i < old_.size(); ++i) {
      if (std::optional<size_t> now = new_.find(old_.info(i).name)) {
        pairs_.emplace_back(i, *now);
      } else {
        gone.push_back(i);
      }
    }
    for (size_t i = 0; i < new_.size(); ++i) {
      const OutputInfo& output = new_.info(i);
      if (old_.find(output.name)) continue;
      auto renamed = std::ranges::find_if(gone, [&](size_t from) { return isRenamed(from, i); });
      if (renamed == gone.end()) {
        add(DiffRank::Contract, output, "added");
        continue;
      }
      add(DiffRank::Contract, output, "renamed from " + old_.info(*renamed).name);
      pairs_.emplace_back(*renamed, i);
      gone.erase(renamed);
    }
    for (size_t i : gone) add(DiffRank::Contract, old_.info(i), "removed");
  }

  bool isRenamed(size_t from, size_t to) {
    const OutputInfo& a = old_.info(from);
    const OutputInfo& b = new_.info(to);
    return a.kind == b.kind && a.slot == b.slot && sameValue(from, to);
  }

  bool sameValue(size_t from, size_t to) {
    if (old_.rawValue(from) == new_.rawValue(to)) return true;
    return old_.optimizedValue(from, nodes_) == new_.optimizedValue(to, nodes_);
  }

  void compareConfigs() {
    const ProgramInfo& a = before_.info();
    const ProgramInfo& b = after_.info();
    auto note = [&](DiffRank rank, std::string text) {
      diff_.differences.push_back({rank, "config", b.model, std::move(text)});
    };
    if (a.model != b.model) note(DiffRank::Contract, changed("model", a.model, b.model));
    if (a.semantics != b.semantics)
      note(DiffRank::Values, changed("semantics", std::to_string(a.semantics), std::to_string(b.semantics)));
    if (a.hashFamily != b.hashFamily)
      note(DiffRank::Values, changed("hash_family", std::string(hashFamilyName(a.hashFamily)),
                                     std::string(hashFamilyName(b.hashFamily))));
  }

  void compareOutputs(size_t from, size_t to) {
    const OutputInfo& a = old_.info(from);
    const OutputInfo& b = new_.info(to);
    const size_t already = diff_.differences.size();
    compareShape(a, b);
    if (a.missing != b.missing) add(DiffRank::Values, b, changed("missing", missingText(a), missingText(b)));
    if (std::bit_cast<uint64_t>(a.defaultValue) != std::bit_cast<uint64_t>(b.defaultValue))
      add(DiffRank::Values, b, fmt::format("default {} -> {}", a.defaultValue, b.defaultValue));
    if (!sameValue(from, to)) {
      add(DiffRank::Values, b,
          "may differ" + otherReads(before_.info(), oldReads_[from], after_.info(), newReads_[to]));
      diff_.differences.back().before = old_.origin(from);
      diff_.differences.back().after = new_.origin(to);
    }
    if (diff_.differences.size() == already && a.name == b.name && sameMeaning_) ++diff_.outputsUnchanged;
  }

  // What a scorer sees of an output before any value.
  void compareShape(const OutputInfo& a, const OutputInfo& b) {
    auto contract = [&](std::string_view what, const auto& from, const auto& to) {
      if (from != to) add(DiffRank::Contract, b, fmt::format("{} {} -> {}", what, from, to));
    };
    auto yesNo = [](bool is) { return is ? "yes" : "no"; };
    auto number = [](uint32_t n) { return n == 0 ? "none" : std::to_string(n); };
    contract("kind", outputKindName(a.kind), outputKindName(b.kind));
    contract("slot", number(a.slot), number(b.slot));
    contract("width", a.width, b.width);
    contract("length", number(a.length), number(b.length));
    contract("pad", a.padLeft ? "left" : "right", b.padLeft ? "left" : "right");
    contract("group", a.group.empty() ? "none" : a.group, b.group.empty() ? "none" : b.group);
    contract("weights", yesNo(a.hasWeights()), yesNo(b.hasWeights()));
    contract("several ids a row", yesNo(a.hasSeveralIds()), yesNo(b.hasSeveralIds()));
    contract("once per", rowsOf(a), rowsOf(b));
  }

  static std::string_view rowsOf(const OutputInfo& output) { return output.scope == Scope::Item ? "item" : "request"; }
  static std::string missingText(const OutputInfo& output) {
    return output.missing ? std::to_string(*output.missing) : "none";
  }

  // Of the outputs that both have.
  void compareOrder() {
    std::ranges::sort(pairs_);
    auto falls = [](const auto& a, const auto& b) { return b.second < a.second; };
    auto moved = std::ranges::adjacent_find(pairs_, falls);
    if (moved == pairs_.end()) return;
    diff_.differences.push_back({DiffRank::Contract, "config", after_.info().model,
                                 fmt::format("order of outputs: {} stood before {}", old_.info(moved->first).name,
                                             old_.info(std::next(moved)->first).name)});
  }

  void compareCost() {
    auto steps = [&](const Graph& raw) {
      std::vector<uint32_t> numbers = nodes_.numbersOf(optimize(raw));
      std::ranges::sort(numbers);
      return numbers;
    };
    const std::vector<uint32_t> a = steps(before_);
    const std::vector<uint32_t> b = steps(after_);
    if (a == b) return;
    diff_.differences.push_back(
        {DiffRank::Cost, "config", after_.info().model, fmt::format("{} steps -> {}", a.size(), b.size())});
  }

  const Graph& before_;
  const Graph& after_;
  CanonicalNodes nodes_;
  Outputs old_;
  Outputs new_;
  std::vector<Dependencies> oldReads_;
  std::vector<Dependencies> newReads_;
  bool sameMeaning_;                              // equal steps have equal values
  std::vector<std::pair<size_t, size_t>> pairs_;  // outputs of the old config and what they are in the new one
  ConfigDiff diff_;
};

}  // namespace

std::string_view diffRankName(DiffRank rank) { return kRankNames[static_cast<size_t>(rank)]; }

std::optional<DiffRank> diffRankOf(std::string_view name) {
  auto found = std::ranges::find(kRankNames, name);
  if (found == kRankNames.end()) return std::nullopt;
  return static_cast<DiffRank>(found - kRankNames.begin());
}

ConfigDiff diffConfigs(const Graph& before, const Graph& after) { return Comparison(before, after).run(); }

}  // namespace featc
