// SPDX-License-Identifier: Apache-2.0
// fg.json of the older FG that EasyRec documents, turned into entries that say outright what it leaves to defaults.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "fg/readers.h"

namespace featc::fg {
namespace {

// What is written for the model, and for the form of the files that FG writes.
constexpr std::string_view kModelSide[] = {"model_dir",        "model_path",   "model_type", "num_steps",
                                           "edit_config_json", "label_fields", "separator",  "embedding_dim"};
// By these a file is known as one of EasyRec's: nobody else has them.
constexpr std::string_view kOwnKeys[] = {"bucketize_boundaries", "extra_combo_info", "use_embedding_variable"};
constexpr std::string_view kIdBucketizers[] = {"hash_bucket_size", "vocab_list", "vocab_dict", "vocab_file",
                                               "num_buckets"};

bool hasAny(const Node& entry, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return entry.find(name) != nullptr; });
}

bool hasOwnKeys(const Node& list) {
  return std::ranges::any_of(list.each(), [](const Node* entry) {
    const Node* members = entry->find("features");
    return hasAny(*entry, kOwnKeys) || (members != nullptr && hasOwnKeys(*members));
  });
}

std::string typeOf(const Node& entry) {
  const Node* type = entry.find("feature_type");
  std::string text = type == nullptr ? "" : type->text;
  return text.starts_with("sequence_") ? text.substr(9) : text;
}

class Translator {
 public:
  explicit Translator(const Node* separator) : separator_(separator) {}

  void translate(Node& entry) const {
    for (auto& [name, members] : entry.fields) {
      if (name != "features") continue;
      // One that is not in a list is a list of one.
      if (members.kind == Node::Kind::Record) translate(members);
      for (Node& member : members.items) translate(member);
      return;
    }
    std::string type = typeOf(entry);
    bool isText = type == "id_feature" || type == "combo_feature";
    if (separator_ != nullptr) unlessSet(entry, "separator", *separator_);
    boundaries(entry);
    if (isText && entry.find("hash_bucket_size") != nullptr) unlessSet(entry, "need_prefix", yes(entry));
    if (isText) unlessSet(entry, "need_prefix", no(entry));
    if (type == "lookup_feature" || type == "match_feature") found(entry, type == "match_feature");
    if (type == "overlap_feature") overlap(entry);
  }

 private:
  static Node yes(const Node& entry) { return Node::ofBool(true, entry.line); }
  static Node no(const Node& entry) { return Node::ofBool(false, entry.line); }

  // By the older spelling too.
  static void unlessSet(Node& entry, std::string_view name, Node value, std::string_view alias = "") {
    if (entry.find(name) == nullptr && (alias.empty() || entry.find(alias) == nullptr))
      entry.set(name, std::move(value));
  }

  // `"bucketize_boundaries": "10,20,30"`
  static void boundaries(Node& entry) {
    const Node* said = entry.find("bucketize_boundaries");
    if (said == nullptr) return;
    std::string name = entry.find("feature_name") == nullptr ? "" : entry.find("feature_name")->text;
    auto error = [&](std::string_view why) {
      entry.said.error(said->line, fmt::format("feature \"{}\": {}", name, why));
    };
    Node list;
    list.kind = Node::Kind::List;
    list.line = said->line;
    std::string_view text = said->text;
    bool isList = said->kind == Node::Kind::Text && !text.empty();
    while (isList && !text.empty()) {
      size_t end = std::min(text.find(','), text.size());
      std::string one(text.substr(0, end));
      one.erase(std::remove(one.begin(), one.end(), ' '), one.end());
      isList = numberOf(one).has_value();
      list.items.push_back(Node::ofNumber(one, said->line));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!isList)
      error("its bucketize_boundaries are not numbers in one text, \"10,20\"; write those, or boundaries as a list");
    if (entry.find("boundaries") != nullptr)
      error("its boundaries and its bucketize_boundaries mean the same; remove one of them");
    entry.remove("bucketize_boundaries");
    if (!isList || entry.find("boundaries") != nullptr) return;
    entry.set("boundaries", std::move(list));
    entry.said.note(
        0,
        "a value that equals one of bucketize_boundaries: the bin that the older FG gives it is not known; here "
        "it is the upper one, as with FG's boundaries");
  }

  static void found(Node& entry, bool isMatch) {
    unlessSet(entry, "needDiscrete", yes(entry), "need_discrete");
    const Node* discrete = entry.find("needDiscrete");
    bool isDiscrete = (discrete != nullptr ? discrete : entry.find("need_discrete"))->isTrue();
    for (std::string_view shown : {"show_category", "show_item"})
      if (isMatch) unlessSet(entry, shown, isDiscrete ? yes(entry) : no(entry));
    if (!isMatch) unlessSet(entry, "needKey", isDiscrete ? yes(entry) : no(entry), "need_key");
    if (isMatch) unlessSet(entry, "matchType", Node::ofText("hit", entry.line), "match_type");
    if (!isDiscrete) return;
    if (entry.find("default_value") == nullptr) {
      entry.set("default_value", Node::ofText("", entry.line));
      entry.said.note(0, "where nothing is found: the older FG's documentation names no default; here there is no id");
    }
    if (hasAny(entry, kIdBucketizers)) entry.set("value_type", Node::ofText("string", entry.line));
    // Of ids it is the model's.
    if (!isMatch) entry.set("combiner", Node::ofText("", entry.line));
  }

  static void overlap(Node& entry) {
    const Node* method = entry.find("method");
    if (method == nullptr || (method->text != "query_common_ratio" && method->text != "title_common_ratio")) return;
    entry.said.error(method->line,
                     fmt::format("feature \"{}\": the older FG gives {} times the {}, rounded down, and today's FG the "
                                 "ratio itself; write it by hand: floor({} * {}(...))",
                                 entry.find("feature_name") == nullptr ? "" : entry.find("feature_name")->text,
                                 method->text.front() == 'q' ? 10 : 100, method->text,
                                 method->text.front() == 'q' ? 10 : 100, method->text));
  }

  const Node* separator_;
};

}  // namespace

bool isEasyRec(const Node& config) {
  const Node* features = config.find("features");
  return config.find("multi_val_sep") != nullptr || (features != nullptr && hasOwnKeys(*features));
}

std::vector<Node> fromEasyRec(const Node& config, Messages& messages) {
  for (const auto& [key, value] : config.fields)
    if (std::ranges::find(kModelSide, key) != std::end(kModelSide))
      messages.note(value.line,
                    fmt::format("\"{}\" is left out: it concerns only the model or the format of FG's files", key));
  const Node* separator = config.find("multi_val_sep");
  if (separator != nullptr && separator->kind != Node::Kind::Text) {
    messages.error(separator->line, "\"multi_val_sep\" should be one text");
    separator = nullptr;
  }
  std::vector<Node> out = config.find("features")->items;
  for (Node& entry : out) Translator(separator).translate(entry);
  return out;
}

bool isOfEasyRec(std::string_view key) {
  return key == "multi_val_sep" || std::ranges::find(kModelSide, key) != std::end(kModelSide);
}

}  // namespace featc::fg
