// SPDX-License-Identifier: Apache-2.0
// Which fields a log leaves out, and what else would tell them.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program_info.h"

namespace featc {

// Of one program; without names nothing is left out.
class LogRedaction {
 public:
  LogRedaction() = default;
  // `request.user_id`, `item.clicks` (a list of structs as a whole) or `user_profile.age`, a source's; names that the
  // program does not have are passed over. `inputUsed`: by input, whether any feature needs it; empty: all are.
  LogRedaction(const ProgramInfo& info, const std::vector<bool>& inputUsed, std::span<const std::string> names);

  bool hidesInput(size_t input) const { return !inputs_.empty() && inputs_[input]; }
  bool hidesField(std::string_view source, std::string_view field) const;
  // What is left out was needed: keys and features, which are made of it, are left out too, and the call cannot be
  // computed again.
  bool hidesFeatures() const { return hidesFeatures_; }
  // Those of the names that the program has.
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<bool> inputs_;
  std::set<std::string, std::less<>> fields_;  // `source.field`
  std::vector<std::string> names_;
  bool hidesFeatures_ = false;
};

// Whether the program has a field of that name, as LogRedaction takes them.
bool hasLoggedField(const ProgramInfo& info, std::string_view name);

}  // namespace featc
