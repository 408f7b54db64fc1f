// SPDX-License-Identifier: Apache-2.0
// Features of sequences as sequence groups: the lists that a group goes over, one element of which its
// lines see.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "fg/builder.h"
#include "fg/text.h"

namespace featc::fg {
namespace {

std::string orEmptyList(const std::string& code, Type type) { return type.nullable() ? code + " ?? []" : code; }

}  // namespace

std::string FeatureBuilder::elementList(Input& input) {
  std::string code;
  Type type;
  if (input.side == "feature") {
    const Value& value = shared_.values.at(input.name);
    if (!value.list) refuse(fmt::format("the feature \"{}\" is not a sequence", input.name), input.line);
    code = value.code;
    type = Type::list(value.of == Value::Of::Text  ? Type::string()
                      : value.of == Value::Of::Int ? Type::int64()
                                                   : Type::float64());
  } else {
    code = reference(input);
    type = columnType(input);
  }
  if (type.is(Kind::String)) {
    input.elementType = Type::string().withNullable();
    return fmt::format("{}({}, {})", function("elements"), code, literalText(feature_.delimiter));
  }
  if (!type.isList())
    refuse(fmt::format("\"{}:{}\" is a {} and not a sequence; declare the column string? or a list in --schema",
                       input.side, input.name, toString(type)),
           input.line);
  input.elementType = type.element().withNullable();
  if (type.element().is(Kind::String))
    return fmt::format("{}({}, \"\")", function("or_default"), orEmptyList(code, type));
  std::string name;
  Type element = type.element();
  if (element.is(Kind::Int64)) name = "at_least_one_int";
  if (element.is(Kind::Float64)) name = "at_least_one_number";
  if (element.isList() && element.element().is(Kind::String)) name = "at_least_one_text_list";
  if (element.isList() && element.element().is(Kind::Int64)) name = "at_least_one_int_list";
  if (element.isList() && element.element().is(Kind::Float64)) name = "at_least_one_number_list";
  if (name.empty())
    refuse(fmt::format("\"{}:{}\" is a {}; an element of a sequence is a text, a number, or a list of them", input.side,
                       input.name, toString(type)),
           input.line);
  return fmt::format("{}({})", function(name), orEmptyList(code, type));
}

std::string_view FeatureBuilder::ownName(const Input& input) const {
  std::string_view name = input.name;
  const std::string& group = feature_.group;
  if (!group.empty() && name.starts_with(group) && name.substr(group.size()).starts_with("__"))
    name.remove_prefix(group.size() + 2);
  return name;
}

void FeatureBuilder::openGroup() {
  // A column may be read twice.
  std::vector<std::pair<Input*, std::string>> sequences;
  std::set<std::string> lists;
  for (Input& input : feature_.inputs) {
    if (!input.sequence) continue;
    sequences.emplace_back(&input, elementList(input));
    lists.insert(sequences.back().second);
  }
  if (lists.size() == 1) {
    over_ = *lists.begin();
    for (auto& [input, list] : sequences) input->element = "it";
    return;
  }
  std::map<std::string, std::string> named;  // a list's code to its let
  for (auto& [input, list] : sequences) {
    auto [known, isNew] = named.try_emplace(list);
    std::string& name = known->second;
    if (isNew) {
      std::string_view own = ownName(*input);
      std::string plain = nameText(fmt::format("{} each {}", feature_.name, own));
      bool isTaken = std::ranges::any_of(named, [&](const auto& other) { return other.second == plain; });
      name = isTaken ? nameText(fmt::format("{} each {} {}", feature_.name, input->side, own)) : plain;
      beforeGroup_ += fmt::format("let {} = {}\n", name, list);
      over_ += (over_.empty() ? "" : ", ") + name;
    }
    input->element = "it." + name;
  }
  note(
      "sequences of unequal lengths: what FG gives is not known; here the longest counts, and past a shorter one an "
      "element is empty");
}

std::string FeatureBuilder::groupHead() const {
  int64_t most = std::min(kAnyLength, kMaxGroupNumbers / groupWidth_);
  return fmt::format("sequence group over {} length {} {{\n", over_, feature_.length > 0 ? feature_.length : most);
}

}  // namespace featc::fg
