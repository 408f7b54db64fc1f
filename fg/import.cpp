// SPDX-License-Identifier: Apache-2.0
// Reads an FG config, builds its features in the order that they read one another, writes the result.
#include "fg/import.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "fg/builder.h"
#include "fg/readers.h"
#include "fg/text.h"

namespace featc::fg {
namespace {

// Without UTF-8's byte order mark.
std::string_view withoutMark(std::string_view text) { return text.substr(text.starts_with("\xEF\xBB\xBF") ? 3 : 0); }

struct PreludeFunction {
  std::string_view name;
  std::string_view text;
};
// Parameters must not be named like a column: `fg_` becomes a prefix that no column has.
constexpr PreludeFunction kPrelude[] = {
    {"elements",
     "# FG takes an empty sequence for one empty element.\n"
     "fn elements(fg_text: string?, fg_delimiter: string) =\n"
     "  (fg_text ?? \"\") == \"\" ? [\"\"] : split(fg_text ?? \"\", fg_delimiter)\n"},
    {"words",
     "# Parts a text where Unicode has white space.\n"
     "fn words(fg_text: string) =\n"
     "  tokenize(fg_text, \"\\t\\n\\x0B\\x0C\\r "
     "\\u{85}\\u{A0}\\u{1680}\\u{2000}\\u{2001}\\u{2002}\\u{2003}\\u{2004}\\u{2005}\\u{2006}"
     "\\u{2007}\\u{2008}\\u{2009}\\u{200A}\\u{2028}\\u{2029}\\u{202F}\\u{205F}\\u{3000}\")\n"},
    {"first_values",
     "# The first value of each element, given the pattern of one, which finds \"\" where there is none.\n"
     "fn first_values(fg_elements: list<string>, fg_value: string) = regex_extract(fg_elements, fg_value, group = "
     "0)\n"},
    {"not_empty",
     "# FG takes an empty key for a missing one.\n"
     "fn not_empty(fg_key: string?) = fg_key == \"\" ? string(int(\"\")) : fg_key\n"},
    {"or_default",
     "# FG's default: a text in the place of an empty list.\n"
     "fn or_default(fg_values: list<string>, fg_default: string) = len(fg_values) == 0 ? [fg_default] : fg_values\n"},
    {"each_or_default",
     "# The same for each element of a sequence.\n"
     "fn each_or_default(fg_values: list<string>, fg_default: string) = fg_values == \"\" ? fg_default : fg_values\n"},
    {"at_least_one_int",
     "# An empty sequence is one empty element, here a missing one.\n"
     "fn at_least_one_int(fg_values: list<int64>) = len(fg_values) == 0 ? [int(\"\")] : fg_values\n"},
    {"at_least_one_number",
     "# An empty sequence is one empty element, here a missing one.\n"
     "fn at_least_one_number(fg_values: list<float64>) = len(fg_values) == 0 ? [float(\"\")] : fg_values\n"},
    {"at_least_one_text_list",
     "# An empty sequence is one empty element.\n"
     "fn at_least_one_text_list(fg_values: list<list<string>>) = len(fg_values) == 0 ? [split(\"\", \",\")] : "
     "fg_values\n"},
    {"at_least_one_int_list",
     "# An empty sequence is one empty element.\n"
     "fn at_least_one_int_list(fg_values: list<list<int64>>) = len(fg_values) == 0 ? [int(split(\"\", \",\"))] : "
     "fg_values\n"},
    {"at_least_one_number_list",
     "# An empty sequence is one empty element.\n"
     "fn at_least_one_number_list(fg_values: list<list<float64>>) =\n"
     "  len(fg_values) == 0 ? [float(split(\"\", \",\"))] : fg_values\n"},
    {"present",
     "# Without the keys that were not found: every text is at least the empty one, and what is missing is not.\n"
     "fn present(fg_values: list<string>) = mask(fg_values, fg_values >= \"\")\n"},
    {"whole_number",
     "# A whole number in a text: 0 beyond int64, as FG has it, and missing where the text is not one.\n"
     "fn whole_number(fg_text: string?) =\n"
     "  regex_match(fg_text, r\"^[+-]?[0-9]+$\") ? (int(replace(fg_text, \"+\", \"\")) ?? 0) : int(\"\")\n"},
    {"whole_numbers",
     "# The same of each text.\n"
     "fn whole_numbers(fg_texts: list<string>) =\n"
     "  regex_match(fg_texts, r\"^[+-]?[0-9]+$\") ? (int(replace(fg_texts, \"+\", \"\")) ?? 0) : int(\"\")\n"},
    {"in_bucket",
     "# num_buckets: what lies outside becomes 0.\n"
     "fn in_bucket(fg_id: int64?, fg_buckets: int64) = fg_id >= 0 && fg_id < fg_buckets ? fg_id : 0\n"},
    {"in_buckets",
     "# num_buckets: what lies outside becomes 0.\n"
     "fn in_buckets(fg_ids: list<int64>?, fg_buckets: int64) = fg_ids >= 0 && fg_ids < fg_buckets ? fg_ids : 0\n"},
};

class Importer {
 public:
  Importer(const FgOptions& options, FgImport& out)
      : options_(options), out_(out), shared_{.options = options, .farmHash = options.farmHash} {
    for (const Message& message : options.refused) leftOut_.insert(message.entry);
  }

  void run(std::string_view text) {
    text = withoutMark(text);
    size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return out_.messages.error(1, "the file is empty");
    bool isJson = text[begin] == '{' || text[begin] == '[';
    std::optional<Node> root = isJson ? readJson(text, out_.messages) : readProtobufText(text, out_.messages);
    if (!root) return;
    std::vector<Node> entries;
    if (isJson) {
      const Node* list = root->find("features");
      if (list == nullptr || list->kind != Node::Kind::List)
        return out_.messages.error(root->line, "the object has no list \"features\", which every fg.json has");
      if (list->items.empty()) return out_.messages.error(list->line, "its list of \"features\" is empty");
      shared_.isEasyRec = isEasyRec(*root);
      for (const auto& [key, value] : root->fields)
        if (key != "features" && key != "reserves" && !(shared_.isEasyRec && isOfEasyRec(key)))
          out_.messages.error(value.line,
                              fmt::format("the key \"{}\" beside \"features\" is not known; remove it", key));
      entries = shared_.isEasyRec ? fromEasyRec(*root, out_.messages) : list->items;
      if (shared_.isEasyRec) assumeEasyRec(root->find("multi_val_sep") != nullptr);
    } else {
      entries = fromTorchEasyRec(*root, out_.messages);
    }
    features_ = collectFeatures(entries, leftOut_, out_.messages);
    for (const auto& [name, type] : options_.columns) shared_.columns.declare(name, type);
    for (const Feature& feature : features_) {
      size_t at = 0;
      for (const Input& input : feature.inputs) {
        if (input.isColumn() && input.side != "ALL") shared_.columns.want(input, feature.type->columnType(feature, at));
        ++at;
      }
    }
    link();
    texts_.resize(features_.size());
    states_.resize(features_.size(), State::Waiting);
    for (size_t i = 0; i < features_.size(); ++i) build(i);
    for (const std::string& name : shared_.columns.unused())
      out_.messages.note(0, fmt::format("no feature reads the column \"{}\" of the schema", name));
    write();
  }

 private:
  enum class State : uint8_t { Waiting, Open, Built, Failed };

  // What holds for all of a file of the older FG.
  void assumeEasyRec(bool hasSeparator) {
    shared_.farmHash = true;
    assumptions_.insert(
        "it has keys of the older FG, which EasyRec documents, so settings that an entry leaves out have the older "
        "FG's defaults: need_prefix, needDiscrete, needKey, show_category and show_item are true; if today's FG reads "
        "the file, write all settings and remove those keys");
    if (hasSeparator)
      assumptions_.insert(
          "multi_val_sep is not documented; here it separates the values of each feature that has no separator of its "
          "own, and the entries of a lookup_feature's map");
  }

  // Which features read which: inputs `feature:x` get the output's name, that of the own group first.
  void link() {
    std::map<std::string, size_t> byName;
    for (size_t i = 0; i < features_.size(); ++i) byName.emplace(features_[i].name, i);
    reads_.resize(features_.size());
    for (size_t i = 0; i < features_.size(); ++i) {
      Feature& feature = features_[i];
      std::string group = feature.group.empty() ? "" : feature.group + "__";
      for (Input& input : feature.inputs) {
        if (input.side != "feature") continue;
        auto it = byName.find(group + input.name);
        if (it == byName.end()) it = byName.find(input.name);
        if (it == byName.end()) {
          error(feature,
                fmt::format("it reads the feature \"{}\", which {}", input.name,
                            leftOut_.empty() ? "does not exist" : "does not exist or is left out"),
                input.line);
          continue;
        }
        input.name = it->first;
        features_[it->second].isRead = true;
        reads_[i].push_back(it->second);
      }
    }
  }

  void error(const Feature& feature, const std::string& why, uint32_t line = 0) {
    out_.messages.error(line == 0 ? feature.line() : line, fmt::format("feature \"{}\": {}", feature.name, why),
                        feature.number);
  }

  // Throws ImportError.
  FeatureBuilder buildLines(const Feature& feature) {
    if (!feature.sequence || feature.type->sequences == Sequences::FlatOrGroup) {
      try {
        FeatureBuilder builder(feature, shared_, false);
        feature.type->build(builder);
        return builder;
      } catch (const NeedsGroup& why) {
        if (feature.isRead)
          throw ImportError{why.otherwise.why + ", which other features cannot read; write it and them by hand",
                            why.otherwise.line};
      }
    } else if (feature.isRead) {
      throw ImportError{
          fmt::format("a sequence of {} is a sequence group, which other features cannot read; write it and "
                      "them by hand",
                      feature.type->name)};
    }
    FeatureBuilder builder(feature, shared_, true);
    feature.type->build(builder);
    return builder;
  }

  void build(size_t i) {
    const Feature& feature = features_[i];
    if (states_[i] != State::Waiting) {
      if (states_[i] == State::Open) error(feature, "it reads itself, directly or through other features");
      return;
    }
    states_[i] = State::Open;
    // Without inputs it has an error already.
    bool ready = !feature.inputs.empty() && !feature.isBroken;
    for (size_t other : reads_[i]) {
      build(other);
      ready = ready && states_[other] == State::Built;
    }
    for (const Input& input : feature.inputs)
      ready = ready && (input.side != "feature" || shared_.values.count(input.name) != 0);
    // What it reads has its own error.
    states_[i] = ready ? State::Built : State::Failed;
    if (!ready) return;
    std::optional<FeatureBuilder> built;
    try {
      built.emplace(buildLines(feature));
    } catch (const ImportError& refused) {
      error(feature, refused.why, refused.line);
      states_[i] = State::Failed;
      return;
    }
    const FeatureBuilder& builder = *built;
    functions_.insert(builder.functions().begin(), builder.functions().end());
    assumptions_.insert(builder.assumptions().begin(), builder.assumptions().end());
    if (feature.stub && !feature.isRead)
      out_.messages.note(feature.line(), fmt::format("feature \"{}\" is a stub that no feature reads", feature.name));
    for (const std::string& note : builder.notes())
      out_.messages.note(feature.line(), fmt::format("feature \"{}\": {}", feature.name, note));
    out_.outputs += feature.stub ? 0 : 1;
    std::string& text = texts_[i];
    text = fmt::format("# {}{}, line {}\n", feature.sequence ? "sequence " : "", feature.type->name, feature.line());
    for (const std::string& note : builder.notes()) text += fmt::format("# Note: {}.\n", commentText(note));
    text += builder.lines();
  }

  // With parameters that have no column's name.
  std::string preludeText(const PreludeFunction& function) const {
    std::string prefix = "fg_";
    while (shared_.columns.anyBeginsWith(prefix)) prefix += "_";
    std::string text(function.text);
    for (size_t at = text.find("fg_"); at != std::string::npos; at = text.find("fg_", at + prefix.size()))
      text.replace(at, 3, prefix);
    return text;
  }

  void write() {
    std::string stem = std::filesystem::path(options_.name).stem().string();
    std::string model;
    for (char c : stem) model += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    std::string& text = out_.config;
    out_.entries = features_.size() + leftOut_.size();
    text = fmt::format("# Written by featc import-fg from {}: {} features of {} entries.\n", commentText(options_.name),
                       out_.outputs, out_.entries);
    text += "# The payloads of ids are FG's own numbers; the slots were given in the order below.\n";
    if (std::any_of(features_.begin(), features_.end(),
                    [](const Feature& f) { return f.entry.find("hash_bucket_size") != nullptr; }))
      text += shared_.isEasyRec
                  ? "# hash_bucket_size: FarmHash of the texts that FG gives, as EasyRec's model hashes them by "
                    "TensorFlow.\n"
              : shared_.farmHash ? "# hash_bucket_size: FarmHash, as FG with USE_FARM_HASH_TO_BUCKETIZE=true.\n"
                                 : "# hash_bucket_size: libstdc++'s std::hash, inferred from FG's public test values "
                                   "(32 cases); FG that runs\n"
                                   "# with USE_FARM_HASH_TO_BUCKETIZE=true needs --hash farm.\n";
    for (const Message& message : options_.refused)
      text += fmt::format("# Left out, line {}: {}.\n", message.line, commentText(message.text));
    for (const std::string& assumption : assumptions_) {
      text += "# Note: " + commentText(assumption) + ".\n";
      out_.messages.note(0, assumption);
    }
    text += fmt::format("model {}\nsemantics 1\n\n", nameText(model.empty() ? "fg" : model));
    text += shared_.columns.schemaText();
    for (const PreludeFunction& function : kPrelude)
      if (functions_.count(std::string(function.name)) != 0) text += preludeText(function) + "\n";
    uint32_t slot = 0;
    std::string group;
    for (size_t i = 0; i < features_.size(); ++i) {
      std::string& feature = texts_[i];
      if (feature.empty()) continue;
      if (features_[i].group != group) {
        group = features_[i].group;
        text += group.empty() ? "# ---- outside of groups ----\n\n"
                              : fmt::format("# ---- group {} ----\n\n", commentText(group));
      }
      out_.features.push_back({text.size(), features_[i].line(), features_[i].name, features_[i].number});
      if (size_t at = feature.find(kSlotMark); at != std::string::npos) feature.replace(at, 1, std::to_string(++slot));
      text += feature + "\n";
    }
    text.pop_back();
  }

  const FgOptions& options_;
  FgImport& out_;
  Shared shared_;
  std::vector<Feature> features_;
  std::vector<std::vector<size_t>> reads_;
  std::vector<std::string> texts_;
  std::vector<State> states_;
  std::set<std::string> functions_;    // the `fn` lines that are needed
  std::set<std::string> assumptions_;  // notes that concern many features
  std::set<EntryNumber> leftOut_;
};

}  // namespace

// One attempt. Where features can be left out that are why it failed, they are in the options afterwards.
FgImport attempt(std::string_view text, FgOptions& options, bool& again) {
  FgImport out;
  Importer(options, out).run(text);
  again = false;
  if (!options.lenient) return out;
  auto first = std::ranges::stable_partition(out.messages.errors, [](const Message& p) { return p.entry == 0; });
  // Whatever reads a feature that is left out, or the column that only that declared, is looked at again.
  again = !first.empty();
  options.refused.insert(options.refused.end(), first.begin(), first.end());
  std::ranges::stable_sort(options.refused, {}, &Message::line);
  out.messages.errors.erase(first.begin(), first.end());
  return out;
}

FgImport importFg(std::string_view text, const FgOptions& options) {
  FgOptions narrowed = options;
  bool again = true;
  FgImport out;
  while (again) out = attempt(text, narrowed, again);
  out.leftOut = narrowed.refused;
  if (out.messages.errors.empty() && out.outputs == 0 && !out.leftOut.empty())
    out.messages.error(0, "nothing of it can be imported");
  if (!out.messages.errors.empty())
    for (Message& message : std::exchange(out.leftOut, {})) out.messages.errors.push_back(std::move(message));
  // Bytes as they are, and those that escapes make.
  if (!simdjson::validate_utf8(out.config))
    out.messages.error(0, "it holds text that is not UTF-8; a config is UTF-8 text");
  // Names and words of the file stand in them, whatever those hold.
  for (std::vector<Message>* messages : {&out.messages.errors, &out.messages.notes, &out.leftOut})
    for (Message& message : *messages) message.text = commentText(message.text);
  auto byLine = [](const Message& a, const Message& b) { return a.line < b.line; };
  std::stable_sort(out.messages.errors.begin(), out.messages.errors.end(), byLine);
  std::stable_sort(out.messages.notes.begin(), out.messages.notes.end(), byLine);
  return out;
}

std::map<std::string, Type> readColumnTypes(std::string_view text, Messages& messages) {
  std::map<std::string, Type> out;
  std::optional<Node> root = readJson(withoutMark(text), messages);
  if (!root) return out;
  if (root->kind != Node::Kind::Record) messages.error(root->line, "column types are one JSON object");
  for (const auto& [name, said] : root->fields) {
    auto type = said.kind == Node::Kind::Text ? parseType(said.text) : std::nullopt;
    if (!type || !(type->isScalar() || type->isList() || type->isMap()))
      messages.error(said.line,
                     fmt::format("column \"{}\": \"{}\" is not a type; there are bool, int64, float64, string, "
                                 "list<T>, map<K, V>, each with a ? where it may be missing",
                                 name, said.text));
    else
      out[name] = *type;
  }
  return out;
}

}  // namespace featc::fg
