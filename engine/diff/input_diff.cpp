// SPDX-License-Identifier: Apache-2.0
#include "engine/diff/input_diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace featc {
namespace {

Difference inputs(std::string kind, std::string name, std::string text) {
  return {DiffRank::Inputs, std::move(kind), std::move(name), std::move(text)};
}

// A source as its outputs use it.
struct UsedSource {
  const SourceInfo* source = nullptr;
  std::map<std::string, std::string> fields;  // with their types
};

// What a config reads, by name.
struct Reads {
  std::map<std::string, std::string> fields;  // with their types
  std::map<std::string, UsedSource> sources;
};

Reads readsOf(const ProgramInfo& info, std::span<const Dependencies> outputs) {
  Reads reads;
  // What spoils its row, whoever uses it: a required field that is missing, and a member of a list of structs that is
  // longer than another.
  for (const InputInfo& input : info.inputs)
    if (!input.type.nullable() || !input.structList.empty())
      reads.fields.emplace(input.qualified(), toString(input.type));
  for (const Dependencies& found : outputs) {
    for (const InputUse& use : found.inputs)
      reads.fields.emplace(info.inputs[use.input].qualified(), toString(info.inputs[use.input].type));
    for (const SourceUse& use : found.fields) {
      const SourceInfo& source = info.sources[use.source];
      const SourceField& field = source.fields[use.field];
      UsedSource& used = reads.sources[source.name];
      used.source = &source;
      used.fields.emplace(field.name, toString(field.type));
    }
  }
  return reads;
}

std::string keyText(const SourceInfo& source) {
  std::vector<std::string> types;
  for (const SourceField& key : source.keys) types.push_back(toString(key.type));
  return fmt::format("{}{} ({})", source.keyEscaped ? "escaped " : "", quote(source.keyPattern),
                     fmt::join(types, ", "));
}

// Calls `both(name, a, b)`, `gone(name, a)` and `added(name, b)` for what two maps hold.
template <class Map, class Both, class Gone, class Added>
void compare(const Map& before, const Map& after, Both both, Gone gone, Added added) {
  for (const auto& [name, a] : before) {
    auto found = after.find(name);
    if (found == after.end()) {
      gone(name, a);
    } else {
      both(name, a, found->second);
    }
  }
  for (const auto& [name, b] : after)
    if (!before.contains(name)) added(name, b);
}

void compareFields(const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after,
                   const std::string& prefix, std::vector<Difference>& found) {
  using Text = std::string;
  compare(
      before, after,
      [&](const Text& name, const Text& a, const Text& b) {
        if (a != b) found.push_back(inputs("field", prefix + name, fmt::format("{} -> {}", a, b)));
      },
      [&](const Text& name, const Text&) { found.push_back(inputs("field", prefix + name, "no longer read")); },
      [&](const Text& name, const Text& type) {
        found.push_back(inputs("field", prefix + name, fmt::format("read now: {}", type)));
      });
}

void compareSources(const UsedSource& a, const UsedSource& b, std::vector<Difference>& found) {
  const std::string& name = a.source->name;
  auto encoding = [](const UsedSource& used) { return used.source->encoding == Encoding::Json ? "json" : "hash"; };
  if (keyText(*a.source) != keyText(*b.source))
    found.push_back(inputs("source", name, fmt::format("key {} -> {}", keyText(*a.source), keyText(*b.source))));
  if (a.source->encoding != b.source->encoding)
    found.push_back(inputs("source", name, fmt::format("encoding {} -> {}", encoding(a), encoding(b))));
  compareFields(a.fields, b.fields, name + ".", found);
}

// Of the fields that both declare: a caller may pass columns by position.
void compareOrder(const ProgramInfo& before, const ProgramInfo& after, std::vector<Difference>& found) {
  std::map<std::string, size_t> positions;
  for (size_t i = 0; i < after.inputs.size(); ++i) positions.emplace(after.inputs[i].qualified(), i);
  auto last = positions.end();
  for (const InputInfo& input : before.inputs) {
    auto now = positions.find(input.qualified());
    if (now == positions.end()) continue;
    if (last != positions.end() && now->second < last->second) {
      found.push_back(
          inputs("config", after.model, fmt::format("order of fields: {} stood before {}", last->first, now->first)));
      return;
    }
    last = now;
  }
}

std::set<std::string> namesOf(const ProgramInfo& info, const Dependencies& found) {
  std::set<std::string> names;
  for (const InputUse& use : found.inputs) names.insert(info.inputs[use.input].qualified());
  for (const SourceUse& use : found.fields)
    names.insert(fmt::format("{}.{}", info.sources[use.source].name, info.sources[use.source].fields[use.field].name));
  return names;
}

}  // namespace

std::vector<Difference> differentInputs(const ProgramInfo& before, std::span<const Dependencies> readBefore,
                                        const ProgramInfo& after, std::span<const Dependencies> readAfter) {
  std::vector<Difference> found;
  const Reads a = readsOf(before, readBefore);
  const Reads b = readsOf(after, readAfter);
  compareFields(a.fields, b.fields, "", found);
  compareOrder(before, after, found);
  compare(
      a.sources, b.sources,
      [&](const std::string&, const UsedSource& from, const UsedSource& to) { compareSources(from, to, found); },
      [&](const std::string& name, const UsedSource&) { found.push_back(inputs("source", name, "no longer read")); },
      [&](const std::string& name, const UsedSource& used) {
        found.push_back(inputs("source", name, fmt::format("read now, key {}", keyText(*used.source))));
      });
  return found;
}

std::string otherReads(const ProgramInfo& before, const Dependencies& readBefore, const ProgramInfo& after,
                       const Dependencies& readAfter) {
  const std::set<std::string> a = namesOf(before, readBefore);
  const std::set<std::string> b = namesOf(after, readAfter);
  std::vector<std::string> gone;
  std::vector<std::string> added;
  std::ranges::set_difference(a, b, std::back_inserter(gone));
  std::ranges::set_difference(b, a, std::back_inserter(added));
  std::string text;
  if (!added.empty()) text += fmt::format("; reads {} too", fmt::join(added, ", "));
  if (!gone.empty()) text += fmt::format("; no longer reads {}", fmt::join(gone, ", "));
  return text;
}

}  // namespace featc
