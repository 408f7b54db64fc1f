// SPDX-License-Identifier: Apache-2.0
// What an edit does to a config: which outputs are another contract, may have other values, or need other inputs.
//
//   ConfigDiff diff = diffConfigs(before.raw, after.raw);
//   if (diff.rank() >= DiffRank::Values) ...retrain...
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace featc {

// From what matters least to what matters most.
enum class DiffRank : uint8_t {
  Nothing,   // every output is the same
  Cost,      // every output is the same, but is computed by other steps
  Inputs,    // fields that callers must supply, their order, sources and keys that are read
  Values,    // ids or numbers of an output may differ: what was trained on it is out of date
  Contract,  // what a scorer receives: names, kinds, widths, lengths, weights, slots, order of outputs
};
// `contract`, and back; nothing where there is no such rank.
std::string_view diffRankName(DiffRank rank);
std::optional<DiffRank> diffRankOf(std::string_view name);

struct Difference {
  DiffRank rank = DiffRank::Nothing;
  std::string kind;  // `sparse`, `dense`, `sequence`, `field`, `source`, `config`
  std::string name;  // of the output, the field (`item.price`) or the source; of the config its model
  std::string text;  // `slot 3 -> 13`
  // The expression of the output's value, where it may differ.
  Span before{};  // in the old config's sources
  Span after{};
};

struct ConfigDiff {
  std::vector<Difference> differences;  // those that matter most first
  size_t outputsBefore = 0;
  size_t outputsAfter = 0;
  size_t outputsUnchanged = 0;

  DiffRank rank() const { return differences.empty() ? DiffRank::Nothing : differences.front().rank; }
};

// Compares graphs as they are before the optimizer. An output is the same where both optimized graphs of it alone
// compute the same steps on the same inputs; else its values may differ.
ConfigDiff diffConfigs(const Graph& before, const Graph& after);

}  // namespace featc
