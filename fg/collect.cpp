// SPDX-License-Identifier: Apache-2.0
// Takes entries and groups apart and checks what all feature types have in common.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "fg/feature.h"
#include "fg/text.h"
#include "support/suggest.h"

namespace featc::fg {
namespace {

constexpr std::string_view kCommonKeys =
    " feature_type feature_name default_value separator stub_type value_type value_dim value_dimension "
    "default_bucketize_value hash_bucket_size vocab_list vocab_dict vocab_file num_buckets boundaries "
    "sequence_length sequence_delim sequence_fields asset_dir ";
constexpr std::string_view kIgnoredKeys =
    " reserves embedding_dim embedding_dimension group shared_name is_multi is_cache max_partitions filter_freq "
    "steps_to_live sequence_column sequence_table sequence_pk attribute_delim is_op_thread_safe ";
// Of the model, which gets the same ids and numbers: left out with a note.
constexpr std::string_view kModelKeys =
    " use_embedding_variable extra_combo_info normalizer_fn ev_params embedding_name pooling ";
// Taken for left out where they say no, whatever the type.
constexpr std::string_view kUnlessTrue = " needWeighting need_prefix is_sequence ";
constexpr std::string_view kFlags =
    " weighted need_prefix stub_type needWeighting needDiscrete needKey show_category show_item fill_missing "
    "replace_all icase is_sequence remove_space is_gbk_input is_gbk_output tokens_as_sequence ";
struct Alias {
  std::string_view seen;
  std::string_view name;
};
constexpr Alias kAliases[] = {
    {"value_dimension", "value_dim"}, {"need_discrete", "needDiscrete"},   {"need_key", "needKey"},
    {"match_type", "matchType"},      {"need_weighting", "needWeighting"},
};

bool holds(std::string_view words, std::string_view word) {
  size_t at = words.find(word);
  for (; at != std::string_view::npos; at = words.find(word, at + 1)) {
    bool begins = at == 0 || words[at - 1] == ' ';
    size_t end = at + word.size();
    if (begins && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

std::vector<std::string_view> words(std::initializer_list<std::string_view> texts) {
  std::vector<std::string_view> out;
  for (std::string_view text : texts) {
    while (!text.empty()) {
      size_t end = std::min(text.find(' '), text.size());
      if (end > 0) out.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  return out;
}

std::string textOf(const Node& node, std::string_view key) {
  const Node* field = node.find(key);
  return field == nullptr ? "" : field->text;
}

// A value as the file has it, but for what is long.
std::string shown(const Node& value) {
  if (value.kind == Node::Kind::List) return "a list";
  if (value.kind == Node::Kind::Record) return "an object";
  return value.kind == Node::Kind::Text ? literalText(value.text) : value.text;
}

bool isGroup(const Node& node) {
  return node.kind == Node::Kind::Record && node.find("feature_type") == nullptr &&
         (node.find("sequence_name") != nullptr || node.find("features") != nullptr);
}

// How many numbers the members of an entry take, those of groups among them too, which are refused as a whole.
size_t membersOf(const Node& entry, bool inGroup = false) {
  const Node* features = isGroup(entry) ? entry.find("features") : nullptr;
  if (features == nullptr) return 0;
  size_t count = features->each().size();
  if (!inGroup)
    for (const Node* member : features->each()) count += membersOf(*member, true);
  return count;
}

class Collector {
 public:
  Collector(const std::set<EntryNumber>& leftOut, Messages& messages) : leftOut_(leftOut), messages_(messages) {}

  void entries(const std::vector<const Node*>& nodes, const Node* group) {
    for (const Node* node : nodes) {
      EntryNumber number = ++number_;
      if (leftOut_.count(number) != 0) {
        // The numbers of what comes behind stay.
        number_ += membersOf(*node, group != nullptr);
      } else if (node->kind != Node::Kind::Record) {
        messages_.error(node->line, "a feature in braces is expected here", number);
      } else if (isGroup(*node)) {
        this->group(*node, group, number);
      } else {
        feature(*node, group, number);
      }
    }
  }
  std::vector<Feature> take() { return std::move(features_); }

 private:
  void group(const Node& node, const Node* outer, EntryNumber number) {
    const Node* features = node.find("features");
    if (outer != nullptr || textOf(node, "sequence_name").empty() || features == nullptr || features->each().empty()) {
      number_ += membersOf(node, outer != nullptr);
      std::string name = textOf(node, "sequence_name");
      messages_.error(node.line,
                      outer != nullptr ? "a group of sequences inside another one"
                      : name.empty()   ? "a group of sequences without a sequence_name"
                                       : fmt::format("the group \"{}\" has no features", name),
                      number);
      return;
    }
    for (const auto& [key, value] : node.fields) {
      constexpr std::string_view kGroupKeys = " sequence_name sequence_length sequence_delim features ";
      if (holds(kGroupKeys, key) || holds(kIgnoredKeys, key)) continue;
      // Which nobody can tell from those of its features.
      auto hasOwn = [&](const Node* member) { return member->find("default_value") != nullptr; };
      if (key == "default_value" && std::ranges::all_of(features->each(), hasOwn)) continue;
      auto near = nearestName(key, words({kGroupKeys, kIgnoredKeys}));
      std::string instead = near                     ? fmt::format("did you mean \"{}\"?", *near)
                            : key == "default_value" ? "write default_value into each of its features"
                                                     : "remove it";
      messages_.error(
          value.line,
          fmt::format("group \"{}\": what \"{}\" means is not known; {}", textOf(node, "sequence_name"), key, instead),
          number);
    }
    entries(features->each(), &node);
  }

  void feature(const Node& node, const Node* group, EntryNumber number) {
    Feature feature;
    feature.entry = node;
    feature.number = number;
    for (const Message& error : node.said.errors) messages_.error(error.line, error.text, number);
    for (const Message& note : node.said.notes) feature.notes.push_back(note.text);
    std::vector<Alias> twice;
    for (const Alias& alias : kAliases) {
      const Node* seen = feature.entry.find(alias.seen);
      if (seen == nullptr) continue;
      if (feature.entry.find(alias.name) != nullptr) twice.push_back(alias);
      Node value = *seen;
      feature.entry.remove(alias.seen);
      feature.entry.set(alias.name, std::move(value));
    }
    feature.ownName = textOf(node, "feature_name");
    if (group != nullptr) feature.group = textOf(*group, "sequence_name");
    feature.name = (group == nullptr ? "" : feature.group + "__") + feature.ownName;
    if (feature.ownName.empty()) {
      messages_.error(node.line, "a feature without a feature_name", number);
      return;
    }
    auto error = [&](std::string why, uint32_t line = 0) {
      messages_.error(line == 0 ? node.line : line, fmt::format("feature \"{}\": {}", feature.name, why), number);
    };
    if (!canBeName(feature.name)) {
      // Such as a line's end.
      messages_.error(
          node.line,
          fmt::format("the feature_name {} holds characters that no name can have", literalText(feature.name)), number);
      return;
    }
    if (!names_.insert(feature.name).second) error("there is another feature of that name");
    for (const Alias& alias : twice)
      error(fmt::format("its {} and its {} mean the same; remove one of them", alias.name, alias.seen));

    std::string type = textOf(node, "feature_type");
    feature.sequence = group != nullptr || type.rfind("sequence_", 0) == 0 ||
                       (node.find("is_sequence") != nullptr && node.find("is_sequence")->isTrue());
    if (type.rfind("sequence_", 0) == 0) type = type.substr(9);
    for (const FeatureType& known : featureTypes())
      if (known.name == type) feature.type = &known;
    if (feature.type == nullptr) return error(unknownType(type));
    checkKeys(feature, error);
    const Node* stub = feature.entry.find("stub_type");
    feature.stub = stub != nullptr && stub->isTrue();
    auto shape = [&](std::string_view key) {
      const Node* own = feature.entry.find(key);
      return own != nullptr || group == nullptr ? own : group->find(key);
    };
    if (const Node* delimiter = shape("sequence_delim")) {
      if (delimiter->kind != Node::Kind::Text) error("its sequence_delim should be one text", delimiter->line);
      feature.delimiter = delimiter->text;
    }
    if (feature.delimiter.empty()) error("its sequence_delim is empty");
    if (const Node* length = shape("sequence_length")) {
      auto n = integerOf(length->text);
      if (!n || *n < 0 || *n > 65'536)
        error(fmt::format("its sequence_length {} is not from 0 to 65536", length->text), length->line);
      else
        feature.length = *n;
    }
    inputs(feature, group, error);
    features_.push_back(std::move(feature));
  }

  static std::string unknownType(const std::string& type) {
    if (type == "sid_feature") return "sid_feature is raw for FG and is offset in the model; pass the levels as ids";
    if (type.empty()) return "it has no feature_type";
    // The end that nearly all have would make any two alike.
    constexpr std::string_view kEnd = "_feature";
    bool hasEnd = type.size() > kEnd.size() && type.ends_with(kEnd);
    auto stem = [&](std::string_view name) { return hasEnd ? name.substr(0, name.rfind(kEnd)) : name; };
    std::vector<std::string_view> stems;
    for (const FeatureType& known : featureTypes()) stems.push_back(stem(known.name));
    auto near = nearestName(stem(type), stems);
    std::string instead = "; compute it before and import an id_feature or raw_feature over the result";
    for (const FeatureType& known : featureTypes())
      if (near && stem(known.name) == *near) instead = fmt::format("; did you mean \"{}\"?", known.name);
    return fmt::format("there is no feature type \"{}\"{}", type, instead);
  }

  // A key that is nearly one that is known counts as that from here on, so that one slip is one error.
  template <class F>
  void checkKeys(Feature& feature, F&& error) {
    const FeatureType& type = *feature.type;
    std::vector<std::pair<std::string, std::string>> renamed;
    for (const auto& [key, value] : feature.entry.fields) {
      if (value.kind == Node::Kind::Null) continue;
      if (holds(kModelKeys, key) && !holds(type.keys, key)) {
        feature.notes.push_back(fmt::format(
            "its \"{}\" concerns only the model and is left out{}", key,
            key == "extra_combo_info" ? ": there EasyRec crosses the ids; a combo_feature crosses them here" : ""));
        continue;
      }
      if (holds(kFlags, key) && value.kind != Node::Kind::Bool) {
        error(fmt::format("its \"{}\" is {}; write true or false", key, shown(value)), value.line);
        feature.isBroken = true;
        continue;
      }
      bool isInput = std::ranges::find(type.inputs, key, &InputKey::name) != type.inputs.end();
      if (isInput || holds(kCommonKeys, key) || holds(kIgnoredKeys, key) || holds(type.keys, key)) continue;
      if (holds(kUnlessTrue, key) && !value.isTrue()) continue;
      std::string why =
          fmt::format("what \"{}\" means for {} is not known; remove it, or write the feature by hand", key, type.name);
      if (key == "is_sequence") {
        why = fmt::format("{0} has no is_sequence; write the feature_type sequence_{0}", type.name);
        feature.isBroken = true;
      } else if (auto near = nearestKey(key, type); near && feature.entry.find(*near) == nullptr) {
        why = fmt::format("{} has no \"{}\"; did you mean \"{}\"?", type.name, key, *near);
        renamed.emplace_back(key, *near);
      }
      error(why, value.line);
    }
    for (const auto& [from, to] : renamed) {
      Node value = *feature.entry.find(from);
      feature.entry.remove(from);
      feature.entry.set(to, std::move(value));
    }
  }

  static std::optional<std::string> nearestKey(std::string_view key, const FeatureType& type) {
    std::vector<std::string_view> names = words({kCommonKeys, type.keys});
    for (const InputKey& input : type.inputs) names.push_back(input.name);
    auto near = nearestName(key, names);
    return near ? std::optional(std::string(*near)) : std::nullopt;
  }

  template <class F>
  void inputs(Feature& feature, const Node* group, F&& error) {
    const FeatureType& type = *feature.type;
    std::vector<std::string> fields;
    if (const Node* named = feature.entry.find("sequence_fields"))
      for (const Node* one : named->each()) fields.push_back(one->text);
    for (const InputKey& key : type.inputs) {
      const Node* given = feature.entry.find(key.name);
      if (given == nullptr) {
        feature.isBroken = true;
        error(fmt::format("its \"{}\" is missing{}", key.name,
                          key.name == "expression"
                              ? "; without it FG reads what was encoded before, and there is nothing "
                                "to import"
                              : ""));
        continue;
      }
      if (size_t count = given->each().size(); count == 0) {
        error(fmt::format("its \"{}\" is empty", key.name), given->line);
      } else if (count < key.least || count > key.most) {
        feature.isBroken = true;
        error(fmt::format("its \"{}\" has {} input{}, and {} takes {}{}", key.name, count, count == 1 ? "" : "s",
                          type.name, key.least == 1 ? "one" : std::to_string(key.least),
                          key.most == kAnyNumber ? " or more" : ""),
              given->line);
      }
      for (const Node* one : given->each()) {
        Input input;
        input.line = one->line;
        size_t colon = one->text.find(':');
        input.side = one->text.substr(0, colon);
        input.name = colon == std::string::npos ? "" : one->text.substr(colon + 1);
        if (one->text == "ALL" && type.name == "match_feature") {
          input.side = "ALL";
        } else if (!holds("user item context feature const", input.side) || colon == std::string::npos) {
          error(fmt::format(
                    "\"{}\" is not an input; write side:name, the side being user, item, context, feature or const",
                    one->text),
                one->line);
          feature.isBroken = true;
          continue;
        } else if (input.isColumn() && !canBeName(input.name)) {
          feature.isBroken = true;
          error(fmt::format("\"{}\" names no column", one->text), one->line);
          continue;
        } else if (input.side != "const" && input.name.find(',') != std::string::npos) {
          feature.isBroken = true;
          error(fmt::format("\"{}\" has a comma in its name; several inputs are a list, [\"user:a\", \"user:b\"]",
                            one->text),
                one->line);
          continue;
        } else if (input.side != "const" && (input.name.front() == ' ' || input.name.back() == ' ')) {
          feature.isBroken = true;
          error(fmt::format("\"{}\" has a blank before or after its name; remove it", one->text), one->line);
          continue;
        }
        feature.inputs.push_back(std::move(input));
      }
    }
    if (!feature.sequence) return;
    if (feature.isBroken) return;
    for (const std::string& field : fields) {
      if (std::ranges::find(feature.inputs, field, &Input::name) != feature.inputs.end()) continue;
      feature.isBroken = true;
      bool hasSide = field.find(':') != std::string::npos;
      error(fmt::format("its sequence_fields has \"{}\", which is not one of its inputs{}", field,
                        hasSide ? "; write the name alone, without its side" : ""));
    }
    if (feature.isBroken) return;
    bool one = feature.inputs.size() == 1;
    for (Input& input : feature.inputs) {
      input.sequence = !fields.empty() ? std::find(fields.begin(), fields.end(), input.name) != fields.end()
                       : one           ? input.side != "feature" && input.side != "const"
                                       : input.side == "item";
      if (group == nullptr || !input.sequence || !input.isColumn()) continue;
      input.name = feature.group + "__" + input.name;
      // What FG joins from items by a key of the user is one list a request.
      if (input.side == "item" && textOf(*group, "sequence_pk").rfind("user:", 0) == 0) input.side = "user";
    }
    if (std::none_of(feature.inputs.begin(), feature.inputs.end(), [](const Input& i) { return i.sequence; }) &&
        !feature.inputs.empty())
      error("none of its inputs is a sequence; write sequence_fields");
  }

  const std::set<EntryNumber>& leftOut_;
  Messages& messages_;
  EntryNumber number_ = 0;
  std::vector<Feature> features_;
  std::set<std::string> names_;
};

}  // namespace

std::vector<Feature> collectFeatures(const std::vector<Node>& entries, const std::set<EntryNumber>& leftOut,
                                     Messages& messages) {
  Collector collector(leftOut, messages);
  std::vector<const Node*> nodes;
  for (const Node& entry : entries) nodes.push_back(&entry);
  collector.entries(nodes, nullptr);
  return collector.take();
}

}  // namespace featc::fg
