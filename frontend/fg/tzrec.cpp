// SPDX-License-Identifier: Apache-2.0
// TorchEasyRec's feature configs, turned into the fg.json entries that it writes of them.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/fg/feature.h"
#include "frontend/fg/readers.h"

namespace featc::fg {
namespace {

// What both forms call the same but write differently.
struct Renamed {
  std::string_view type;
  std::string_view from;
  std::string_view to;
};
constexpr Renamed kRenamed[] = {
    {"lookup_feature", "need_discrete", "needDiscrete"},
    {"lookup_feature", "need_key", "needKey"},
    {"match_feature", "nested_map", "user"},
    {"match_feature", "pkey", "category"},
    {"match_feature", "skey", "item"},
    {"match_feature", "show_pkey", "show_category"},
    {"match_feature", "show_skey", "show_item"},
};
// Of the model, not of its features.
constexpr std::string_view kModelSide[] = {
    "embedding_dim", "embedding_name", "pooling",     "init_fn",
    "trainable",     "data_type",      "use_mask",    "mlp",
    "autodis",       "use_weight",     "constraints", "fg_encoded_default_value",
};
constexpr std::string_view kIdBucketizers[] = {"hash_bucket_size", "vocab_list", "vocab_dict", "vocab_file",
                                               "num_buckets"};
constexpr std::string_view kZch = "9223372036854775807";

std::string textOf(const Node& node, std::string_view name, std::string fallback = "") {
  const Node* field = node.find(name);
  return field == nullptr || !field->isScalar() ? std::move(fallback) : field->text;
}

// `key: "a" value: 2` messages as a record.
Node asRecord(const Node& entries) {
  Node record;
  record.kind = Node::Kind::Record;
  record.line = entries.line;
  for (const Node* entry : entries.each()) {
    const Node* value = entry->find("value");
    record.set(textOf(*entry, "key"), value == nullptr ? Node::ofNumber("0", entry->line) : *value);
  }
  return record;
}

class Translator {
 public:
  explicit Translator(Problems& problems) : problems_(problems) {}

  // `inGroup`: of a group of sequences.
  void translate(const Node& config, bool inGroup, std::vector<Node>& out) {
    for (const auto& [kind, body] : config.fields) {
      for (const Node* one : body.each()) {
        if (one->kind != Node::Kind::Record) {
          problems_.error(one->line, fmt::format("\"{}\" is no feature", kind));
        } else if (kind == "sequence_feature") {
          out.push_back(group(*one));
        } else {
          feature(kind, *one, inGroup, out);
        }
      }
    }
  }

 private:
  Node group(const Node& body) {
    Node out = body;
    Node members;
    members.kind = Node::Kind::List;
    members.line = body.line;
    if (const Node* features = body.find("features"))
      for (const Node* one : features->each()) translate(*one, true, members.items);
    out.set("features", std::move(members));
    return out;
  }

  void feature(const std::string& kind, const Node& body, bool inGroup, std::vector<Node>& out) {
    Node entry = body;
    bool sequence = kind.rfind("sequence_", 0) == 0;
    std::string plain = sequence ? kind.substr(9) : kind;
    entry.set("feature_type", Node::ofText(kind, body.line));
    for (std::string_view name : kModelSide) entry.remove(name);
    for (const Renamed& renamed : kRenamed) {
      const Node* field = plain == renamed.type ? entry.find(renamed.from) : nullptr;
      if (field == nullptr) continue;
      Node value = *field;
      entry.remove(renamed.from);
      entry.set(renamed.to, std::move(value));
    }
    if (const Node* type = entry.find("fg_value_type")) {
      Node value = *type;
      entry.remove("fg_value_type");
      entry.set("value_type", std::move(value));
    }
    for (std::string_view name : {"vocab_dict", "value_map"})
      if (const Node* map = entry.find(name)) entry.set(name, asRecord(*map));
    bool ofSequence =
        inGroup || sequence || (body.find("is_sequence") != nullptr && body.find("is_sequence")->isTrue());
    bucketizer(entry, defaultText(plain, ofSequence, entry));
    defaults(plain, entry);
    if (plain == "custom_feature") parameters(entry);
    if (plain == "lookup_feature" && vectorLookup(entry, out)) return;
    out.push_back(std::move(entry));
  }

  // Of a sequence never empty.
  static std::string defaultText(const std::string& type, bool ofSequence, const Node& entry) {
    std::string said;
    for (const FeatureType& known : featureTypes())
      if (known.name == type) said = known.defaultValue;
    said = textOf(entry, "default_value", said);
    return said.empty() && ofSequence ? "0" : said;
  }

  static void bucketizer(Node& entry, const std::string& absent) {
    uint32_t line = entry.line;
    if (entry.find("zch") != nullptr || entry.find("dynamicemb") != nullptr) {
      for (std::string_view name : kIdBucketizers) entry.remove(name);
      for (std::string_view name : {"zch", "dynamicemb", "boundaries"}) entry.remove(name);
      entry.set("hash_bucket_size", Node::ofNumber(std::string(kZch), line));
    }
    if (entry.find("default_bucketize_value") != nullptr) return;
    if (const Node* words = entry.find("vocab_list")) {
      Node list;
      list.kind = Node::Kind::List;
      list.line = words->line;
      list.items = {Node::ofText(absent, words->line), Node::ofText("<OOV>", words->line)};
      for (const Node* word : words->each()) list.items.push_back(*word);
      entry.set("vocab_list", std::move(list));
      entry.set("default_bucketize_value", Node::ofNumber("1", line));
    } else if (const Node* words = entry.find("vocab_dict")) {
      Node record = *words;
      if (!absent.empty()) record.set(absent, Node::ofNumber("0", words->line));
      entry.set("vocab_dict", std::move(record));
      entry.set("default_bucketize_value", Node::ofNumber("1", line));
    }
  }

  // What fg.json says in so many words and the text form leaves to defaults.
  static void defaults(const std::string& type, Node& entry) {
    auto unlessSet = [&](std::string_view name, Node value) {
      if (entry.find(name) == nullptr) entry.set(name, std::move(value));
    };
    bool isId = std::any_of(std::begin(kIdBucketizers), std::end(kIdBucketizers),
                            [&](std::string_view name) { return entry.find(name) != nullptr; });
    uint32_t line = entry.line;
    if (type == "id_feature") entry.set("need_prefix", Node::ofBool(false, line));
    if (type == "lookup_feature") {
      unlessSet("needKey", Node::ofBool(false, line));
      unlessSet("needDiscrete", Node::ofBool(false, line));
      if (isId) {
        entry.set("needDiscrete", Node::ofBool(true, line));
        entry.set("value_type", Node::ofText("string", line));
        entry.set("combiner", Node::ofText("", line));
      }
    }
    if (type == "match_feature") {
      bool all = textOf(entry, "category") == "ALL" || textOf(entry, "item") == "ALL";
      entry.set("matchType", Node::ofText(all ? "multihit" : "hit", line));
      unlessSet("show_category", Node::ofBool(false, line));
      unlessSet("show_item", Node::ofBool(false, line));
      entry.set("needDiscrete", Node::ofBool(isId, line));
      if (isId) unlessSet("value_type", Node::ofText("string", line));
    }
    if (type == "combine_feature" || type == "expr_feature" || type == "custom_feature") {
      bool whole = entry.find("num_buckets") != nullptr;
      unlessSet("value_type", Node::ofText(whole ? "int64" : "float", line));
    }
  }

  // `operator_params { fields { key: "a" value { string_value: "b" } } }` stand inline in fg.json.
  static void parameters(Node& entry) {
    const Node* params = entry.find("operator_params");
    if (params == nullptr) return;
    Node copy = *params;
    entry.remove("operator_params");
    const Node* fields = copy.find("fields");
    if (fields == nullptr) return;
    for (const Node* field : fields->each()) {
      const Node* value = field->find("value");
      if (value != nullptr && value->fields.size() == 1) entry.set(textOf(*field, "key"), value->fields[0].value);
    }
  }

  // Vectors found under keys: their texts, then a raw feature that cuts them.
  static bool vectorLookup(const Node& entry, std::vector<Node>& out) {
    auto width = integerOf(textOf(entry, "value_dim", "1"));
    if (!width || *width <= 1) return false;
    std::string name = textOf(entry, "feature_name");
    std::string one = textOf(entry, "default_value", "0");
    uint32_t line = entry.line;
    Node raw;
    raw.kind = Node::Kind::Record;
    raw.line = line;
    raw.set("feature_type", Node::ofText("raw_feature", line));
    raw.set("feature_name", Node::ofText(name, line));
    raw.set("expression", Node::ofText("feature:" + name + "__lookup", line));
    raw.set("value_dim", Node::ofNumber(std::to_string(*width), line));
    raw.set("separator", Node::ofText(textOf(entry, "value_separator", ","), line));
    std::string all = one;
    for (int64_t i = 1; i < std::min<int64_t>(*width, 65'536); ++i) all += "\x1d" + one;
    raw.set("default_value", Node::ofText(all, line));
    for (std::string_view moved : {"normalizer", "boundaries", "stub_type"})
      if (const Node* field = entry.find(moved)) raw.set(moved, *field);

    Node lookup = entry;
    for (std::string_view moved : {"normalizer", "boundaries", "value_dim", "value_separator", "combiner"})
      lookup.remove(moved);
    lookup.set("feature_name", Node::ofText(name + "__lookup", line));
    lookup.set("stub_type", Node::ofBool(true, line));
    lookup.set("default_value", Node::ofText("", line));
    lookup.set("needDiscrete", Node::ofBool(true, line));
    lookup.set("value_type", Node::ofText("string", line));
    lookup.set("combiner", Node::ofText("", line));
    out.push_back(std::move(lookup));
    out.push_back(std::move(raw));
    return true;
  }

  Problems& problems_;
};

}  // namespace

std::vector<Node> fromTorchEasyRec(const Node& config, Problems& problems) {
  std::vector<Node> out;
  if (const Node* data = config.find("data_config")) {
    std::string mode = textOf(*data, "fg_mode", "FG_NONE");
    if (mode != "FG_DAG" && mode != "FG_NORMAL")
      problems.error(data->line,
                     fmt::format("data_config has fg_mode {}: its data is encoded already and there is nothing to "
                                 "import; write FG_DAG where FG computes the features",
                                 mode));
  }
  const Node* features = config.find("feature_configs");
  if (features == nullptr) {
    problems.error(config.line, "there are no feature_configs, and it is no fg.json (which begins with \"{\")");
    return out;
  }
  Translator translator(problems);
  for (const Node* one : features->each()) translator.translate(*one, false, out);
  return out;
}

}  // namespace featc::fg
