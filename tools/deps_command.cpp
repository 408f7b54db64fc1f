// SPDX-License-Identifier: Apache-2.0
// featc deps: what features read, and which features a field or a source feeds.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ir/dependencies.h"
#include "support/json_quote.h"
#include "support/print_error.h"
#include "support/suggest.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct DepsOptions {
  ConfigOptions config;
  std::string field;
  std::string source;
  std::string feature;
  std::string format = "text";
};

// A source that a feature asks, with the fields that make its key and those of its row that the feature reads.
struct AskedSource {
  std::string name;
  std::vector<std::string> key;     // `request.user_id`
  std::vector<std::string> fields;  // `age`
  std::vector<std::string> values;  // of those the ones whose values count: the others make keys

  std::string qualified(const std::string& field) const { return name + "." + field; }
};

struct Feature {
  std::string name;
  std::string kind;
  std::vector<std::string> fields;  // of the request and the item, whose values count
  std::vector<AskedSource> sources;
};

std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ") {
  return fmt::format("{}", fmt::join(parts, between));
}

std::string nameOf(const ProgramInfo& info, const SourceUse& use) {
  const SourceInfo& source = info.sources[use.source];
  return fmt::format("{}.{}", source.name, source.fields[use.field].name);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}
void addOnce(std::vector<std::string>& names, const std::string& name) {
  if (!contains(names, name)) names.push_back(name);
}

Feature describe(const ProgramInfo& info, const OutputInfo& output, const Dependencies& found) {
  Feature feature{output.name, std::string(outputKindName(output.kind)), {}, {}};
  for (uint32_t s = 0; s < info.sources.size(); ++s) {
    AskedSource asked{info.sources[s].name, {}, {}, {}};
    for (const InputUse& use : found.inputs)
      if (use.keyOf == s) asked.key.push_back(info.inputs[use.input].qualified());
    for (const SourceUse& use : found.fields) {
      if (use.keyOf == s) asked.key.push_back(nameOf(info, use));
      if (use.source == s) addOnce(asked.fields, info.sources[s].fields[use.field].name);
      if (use.source == s && use.keyOf == kNoSource) addOnce(asked.values, info.sources[s].fields[use.field].name);
    }
    if (!asked.fields.empty()) feature.sources.push_back(std::move(asked));
  }
  for (const InputUse& use : found.inputs)
    if (use.keyOf == kNoSource) feature.fields.push_back(info.inputs[use.input].qualified());
  return feature;
}

// `item.price; user_profile.age, user_profile.taste (key: request.user_id)`
std::string readsOf(const Feature& feature) {
  std::vector<std::string> parts;
  if (!feature.fields.empty()) parts.push_back(joined(feature.fields));
  for (const AskedSource& asked : feature.sources) {
    std::vector<std::string> fields;
    for (const std::string& field : asked.fields) fields.push_back(asked.qualified(field));
    parts.push_back(fmt::format("{} (key: {})", joined(fields), asked.key.empty() ? "a constant" : joined(asked.key)));
  }
  return parts.empty() ? "nothing: a constant" : joined(parts, "; ");
}

// A line a feature, with what `says` tells of it.
template <typename Says>
std::string asText(const std::vector<Feature>& features, Says says) {
  size_t width = 0;
  for (const Feature& feature : features) width = std::max(width, feature.name.size());
  std::string out;
  for (const Feature& feature : features)
    out += fmt::format("{:<8}  {:<{}}  {}\n", feature.kind, feature.name, width, says(feature));
  return out;
}

std::string jsonList(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(jsonQuote(name));
  return "[" + joined(quoted) + "]";
}

// An object a line.
std::string asJson(const std::vector<Feature>& features) {
  std::string out;
  for (const Feature& feature : features) {
    std::vector<std::string> sources;
    for (const AskedSource& asked : feature.sources)
      sources.push_back(fmt::format(R"({{"name": {}, "key": {}, "fields": {}, "values": {}}})", jsonQuote(asked.name),
                                    jsonList(asked.key), jsonList(asked.fields), jsonList(asked.values)));
    out += fmt::format(R"({{"feature": {}, "kind": {}, "fields": {}, "sources": [{}]}})", jsonQuote(feature.name),
                       jsonQuote(feature.kind), jsonList(feature.fields), joined(sources));
    out += '\n';
  }
  return out;
}

// For Graphviz: from fields over sources to features.
std::string asDot(const std::vector<Feature>& features) {
  std::vector<std::string> lines;
  auto edge = [&](const std::string& from, const std::string& to) {
    lines.push_back(fmt::format("  {} -> {};\n", jsonQuote(from), jsonQuote(to)));
  };
  for (const Feature& feature : features) {
    const std::string name = "feature " + feature.name;
    lines.push_back(fmt::format("  {} [label={}, shape=box];\n", jsonQuote(name), jsonQuote(feature.name)));
    for (const std::string& field : feature.fields) edge(field, name);
    for (const AskedSource& asked : feature.sources) {
      for (const std::string& field : asked.key) edge(field, asked.name);
      for (const std::string& field : asked.fields) {
        edge(asked.name, asked.qualified(field));
        edge(asked.qualified(field), name);
      }
    }
  }
  std::ranges::sort(lines);
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return "digraph deps {\n  rankdir=LR;\n" + joined(lines, "") + "}\n";
}

// -- What is asked for ------------------------------------------------------------------------------

// How a feature comes by a field of the caller or of a source; empty: not at all.
std::string wayOf(const Feature& feature, const std::vector<std::string>& wanted) {
  for (const std::string& name : wanted) {
    bool counts = contains(feature.fields, name);
    for (const AskedSource& asked : feature.sources)
      for (const std::string& value : asked.values) counts = counts || asked.qualified(value) == name;
    if (counts) return "its value";
  }
  for (const AskedSource& asked : feature.sources)
    for (const std::string& name : wanted)
      if (contains(asked.key, name)) return fmt::format("through the key of {}", asked.name);
  return "";
}

// The fields that a name stands for: `price`, `item.price`, `user_profile.age`; a list of structs stands for its
// members.
std::vector<std::string> fieldsNamed(const std::string& name, const ProgramInfo& info) {
  std::vector<std::string> found;
  for (const InputInfo& input : info.inputs) {
    const std::string list = fmt::format("{}.{}", scopeName(input.scope), input.structList);
    const bool isIt = name == input.qualified() || name == input.name;
    const bool isItsList = !input.structList.empty() && (name == list || name == input.structList);
    if (isIt || isItsList) found.push_back(input.qualified());
  }
  for (const SourceInfo& source : info.sources) {
    for (const SourceField& field : source.fields) {
      const bool isItsList = !field.structList.empty() && name == source.name + "." + field.structList;
      if (name == source.name + "." + field.name || isItsList) found.push_back(source.name + "." + field.name);
    }
  }
  return found;
}

int unknown(const char* what, const std::string& name, const std::vector<std::string>& known) {
  std::vector<std::string_view> candidates(known.begin(), known.end());
  std::optional<std::string> nearest = nearestName(name, candidates);
  printError("featc deps: the config has no {} \"{}\"{}\n", what, name,
             nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "");
  return kBadCommand;
}

std::vector<std::string> allFields(const ProgramInfo& info) {
  std::vector<std::string> names;
  for (const InputInfo& input : info.inputs) names.insert(names.end(), {input.qualified(), input.name});
  for (const SourceInfo& source : info.sources)
    for (const SourceField& field : source.fields) names.push_back(source.name + "." + field.name);
  return names;
}

template <typename Says>
int print(const DepsOptions& options, const std::vector<Feature>& features, const std::string& head, Says says) {
  if (options.format == "json") return printData(asJson(features));
  if (options.format == "dot") return printData(asDot(features));
  return printData(head + asText(features, says));
}

std::vector<Feature> describeAll(const CompiledConfig& config) {
  const ProgramInfo& info = config.raw.info();
  std::vector<Dependencies> found = dependenciesOf(config.raw);
  std::vector<Feature> features;
  for (size_t i = 0; i < found.size(); ++i) features.push_back(describe(info, info.outputs[i], found[i]));
  return features;
}

int printOne(const DepsOptions& options, std::vector<Feature> features) {
  std::vector<std::string> names;
  for (const Feature& feature : features) names.push_back(feature.name);
  if (!contains(names, options.feature)) return unknown("feature", options.feature, names);
  std::erase_if(features, [&](const Feature& feature) { return feature.name != options.feature; });
  return print(options, features, "", readsOf);
}

int printThoseOfField(const DepsOptions& options, const ProgramInfo& info, std::vector<Feature> features) {
  const std::vector<std::string> wanted = fieldsNamed(options.field, info);
  if (wanted.empty()) return unknown("field", options.field, allFields(info));
  const size_t all = features.size();
  std::erase_if(features, [&](const Feature& feature) { return wayOf(feature, wanted).empty(); });
  const std::string head = fmt::format("{}: {} of {} features need it\n", joined(wanted), features.size(), all);
  return print(options, features, head, [&](const Feature& feature) { return wayOf(feature, wanted); });
}

int printThoseOfSource(const DepsOptions& options, const ProgramInfo& info, std::vector<Feature> features) {
  std::vector<std::string> names;
  for (const SourceInfo& source : info.sources) names.push_back(source.name);
  if (!contains(names, options.source)) return unknown("source", options.source, names);
  const size_t all = features.size();
  std::erase_if(features, [&](const Feature& feature) {
    return std::ranges::find(feature.sources, options.source, &AskedSource::name) == feature.sources.end();
  });
  const std::string head = fmt::format("{}: {} of {} features read it\n", options.source, features.size(), all);
  return print(options, features, head, readsOf);
}

int runDeps(const DepsOptions& options) {
  std::optional<CompiledConfig> config = compileAndReport(options.config);
  if (!config) return kBadInput;
  const ProgramInfo& info = config->raw.info();
  std::vector<Feature> features = describeAll(*config);
  if (!options.feature.empty()) return printOne(options, std::move(features));
  if (!options.field.empty()) return printThoseOfField(options, info, std::move(features));
  if (!options.source.empty()) return printThoseOfSource(options, info, std::move(features));
  return print(options, features, "", readsOf);
}

}  // namespace

void addDepsCommand(CommandLine& line) {
  auto options = std::make_shared<DepsOptions>();
  Command command = line.add("deps", "Print what each feature reads, or who needs a field or a source");
  addConfigOptions(command, options->config);
  Option field =
      command.option("--field", options->field, "The features that need a field: price, item.price, SOURCE.FIELD");
  Option source = command.option("--source", options->source, "The features that read a source");
  Option feature = command.option("--feature", options->feature, "One feature alone");
  field.excludes(source).excludes(feature);
  source.excludes(feature);
  command.option("--format", options->format, "text, json (an object a line) or dot (for Graphviz)")
      .oneOf({"text", "json", "dot"})
      .showDefault();
  command.runs([options] { return runDeps(*options); });
}

}  // namespace featc
