// SPDX-License-Identifier: Apache-2.0
// What random programs are made of.
#include "tests/random/choice.h"

#include <fmt/format.h>

#include <fstream>

#include "ops/operator.h"

namespace featc {

const std::vector<std::string>& featureNames() {
  static const std::vector<std::string> kNames = {"constants", "defaults",      "externs",    "files",  "fns",
                                                  "groups",    "hash_families", "mapped_fns", "nested", "reads",
                                                  "structs",   "wholes",        "clauses"};
  return kNames;
}

bool Choice::has(Feature feature) const { return !without_.contains(featureNames()[static_cast<size_t>(feature)]); }

std::string Choice::onlyOperatorsOf(const std::string& file) {
  std::ifstream in(file);
  if (!in) return fmt::format("cannot read {}", file);
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != ' ') operators_.insert(line.substr(0, line.find(' ')));
  for (const auto& op : operators().all())
    if (operators_.contains(op->name)) return {};
  return fmt::format("{} names no operator; it must hold what `featc ops` prints", file);
}

}  // namespace featc
