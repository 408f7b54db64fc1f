// SPDX-License-Identifier: Apache-2.0
// What random programs are made of: everything, or what another build knows too.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace featc {

// Parts of the language that an older build may lack.
enum class Feature : uint8_t {
  Constants,
  Defaults,
  Externs,
  Files,
  Fns,
  Groups,
  HashFamilies,
  MappedFns,
  Nested,
  Reads,
  Structs,
  Wholes,
  Clauses
};
// `constants`, `defaults` ..., in the order of Feature.
const std::vector<std::string>& featureNames();

// How often each operator was generated; shared by all programs of a run.
using OperatorUse = std::map<std::string, uint64_t, std::less<>>;

class Choice {
 public:
  // Of operators only those that `featc ops` of another build prints in that file, a line each. Why it cannot be read;
  // empty: fine.
  std::string onlyOperatorsOf(const std::string& file);
  // Without features of these names.
  void leaveOut(const std::vector<std::string>& names) { without_.insert(names.begin(), names.end()); }

  bool mayCall(std::string_view op) const { return operators_.empty() || operators_.contains(op); }
  bool has(Feature feature) const;

 private:
  std::set<std::string, std::less<>> operators_;  // empty: all
  std::set<std::string, std::less<>> without_;
};

}  // namespace featc
