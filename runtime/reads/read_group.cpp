// SPDX-License-Identifier: Apache-2.0
// Which reads of a program go together: all of one source that can be sent after the same phase.
#include "runtime/reads/read_group.h"

#include <algorithm>

namespace featc {

bool ReadGroup::has(Scope scope) const {
  return std::ranges::any_of(members, [scope](const Member& m) { return m.runScope() == scope; });
}

std::vector<ReadGroup> makeReadGroups(const ProgramLayout& layout, const std::vector<SourceInfo>& sources,
                                      const std::function<Store*(const SourceInfo&)>& storeOf) {
  std::vector<ReadGroup> groups;
  std::vector<std::shared_ptr<ReadTarget>> targets;  // by group, while fields are added
  for (const ReadStep& step : layout.reads) {
    auto at = std::ranges::find_if(
        groups, [&](const ReadGroup& g) { return g.target->sourceIndex == step.source && g.phase == step.phase; });
    auto index = static_cast<size_t>(at - groups.begin());
    if (at == groups.end()) {
      const SourceInfo& source = sources[step.source];
      targets.push_back(std::make_shared<ReadTarget>(ReadTarget{step.source, source, KeyPattern(source), {}}));
      groups.push_back({targets.back(), storeOf(source), step.phase, step.neededBy, {}});
    }
    ReadGroup& group = groups[index];
    group.neededBy = std::min(group.neededBy, step.neededBy);
    std::vector<uint32_t>& fields = targets[index]->fields;
    ReadGroup::Member member{&step, {}};
    for (const FieldRead& field : step.fields) {
      auto place = std::ranges::find(fields, field.field);
      member.fetched.push_back(static_cast<uint32_t>(place - fields.begin()));
      if (place == fields.end()) fields.push_back(field.field);
    }
    group.members.push_back(std::move(member));
  }
  return groups;
}

}  // namespace featc
