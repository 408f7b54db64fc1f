// SPDX-License-Identifier: Apache-2.0
// Names of fields and what they stand for in a program.
#include "data/log/redaction.h"

namespace featc {
namespace {

// What the source declares: of a member of a list of structs, the list.
std::string declaredName(const SourceInfo& source, const SourceField& field) {
  return source.name + "." + (field.structList.empty() ? field.name : field.structList);
}

// Calls `input(i)` and `field(source, field)` for what has the name.
template <class Input, class Field>
void forEachNamed(const ProgramInfo& info, std::string_view name, Input&& input, Field&& field) {
  for (size_t i = 0; i < info.inputs.size(); ++i)
    if (info.inputs[i].declared() == name) input(i);
  for (const SourceInfo& source : info.sources)
    for (const SourceField& each : source.fields)
      if (declaredName(source, each) == name) field(source, each);
}

}  // namespace

LogRedaction::LogRedaction(const ProgramInfo& info, const std::vector<bool>& inputUsed,
                           std::span<const std::string> names) {
  for (const std::string& name : names) {
    bool isThere = false;
    auto input = [&](size_t i) {
      isThere = true;
      inputs_.resize(info.inputs.size());
      inputs_[i] = true;
      // Without one that must be there no request can be read again.
      if (inputUsed.empty() || inputUsed[i] || !info.inputs[i].type.nullable()) hidesFeatures_ = true;
    };
    auto field = [&](const SourceInfo& source, const SourceField& each) {
      isThere = true;
      fields_.insert(source.name + "." + each.name);
      hidesFeatures_ = true;
    };
    forEachNamed(info, name, input, field);
    if (isThere) names_.push_back(name);
  }
}

bool LogRedaction::hidesField(std::string_view source, std::string_view field) const {
  if (fields_.empty()) return false;
  std::string name(source);
  name += '.';
  name += field;
  return fields_.contains(name);
}

bool hasLoggedField(const ProgramInfo& info, std::string_view name) {
  bool isThere = false;
  forEachNamed(
      info, name, [&](size_t) { isThere = true; }, [&](const SourceInfo&, const SourceField&) { isThere = true; });
  return isThere;
}

}  // namespace featc
