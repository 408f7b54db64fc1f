// SPDX-License-Identifier: Apache-2.0
// TorchEasyRec's feature configs, turned into the fg.json entries that it writes of them.
#include <fmt/format.h>

#include <algorithm>

#include "fg/feature.h"
#include "fg/readers.h"
#include "support/suggest.h"

namespace featc::fg {
namespace {

// What both forms call the same but write differently.
struct Renamed {
  std::string_view type;  // empty: every
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
    {"", "fg_value_type", "value_type"},
};
// Of the model, not of its features.
constexpr std::string_view kModelSide[] = {
    "embedding_dim", "embedding_name",
    "pooling",       "embedding_constraints",
    "init_fn",       "trainable",
    "data_type",     "fg_encoded_default_value",
    "use_mask",      "mlp",
    "autodis",       "use_weight",
    "constraints",
};
constexpr std::string_view kIdBucketizers[] = {"hash_bucket_size", "vocab_list", "vocab_dict", "vocab_file",
                                               "num_buckets"};
struct NormOption {
  std::string_view name;
  int64_t bit;
};
constexpr NormOption kNormOptions[] = {{"TEXT_LOWER2UPPER", 2}, {"TEXT_UPPER2LOWER", 4}, {"TEXT_SBC2DBC", 8},
                                       {"TEXT_CHT2CHS", 16},    {"TEXT_FILTER", 32},     {"TEXT_SPLITCHRS", 512}};
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
  // `alone`: each feature is computed from columns only (fg_mode FG_NORMAL).
  Translator(bool alone, Messages& messages) : alone_(alone), messages_(messages) {}

  // `inGroup`: of a group of sequences.
  void translate(const Node& config, bool inGroup, std::vector<Node>& out) {
    for (const auto& [kind, body] : config.fields) {
      for (const Node* one : body.each()) {
        if (one->kind != Node::Kind::Record) {
          messages_.error(one->line, fmt::format("\"{}\" is not a feature", kind));
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
    if (body.find("sequence_pk") == nullptr)
      out.set("sequence_pk", Node::ofText("user:" + textOf(body, "sequence_name"), body.line));
    return out;
  }

  static void requireColumns(const Node& body, Messages& messages) {
    auto error = [&](uint32_t line, std::string_view what) {
      messages.error(line, fmt::format("feature \"{}\": with fg_mode FG_NORMAL {}; write FG_DAG",
                                       textOf(body, "feature_name"), what));
    };
    for (const auto& [name, value] : body.fields) {
      if (name == "stub_type" && value.isTrue()) error(value.line, "\"stub_type\" is not supported");
      for (const Node* one : value.each())
        if (one->text.rfind("feature:", 0) == 0 || one->text.rfind("const:", 0) == 0)
          error(one->line, fmt::format("\"{}\" names a column of the data, not a feature or a constant", one->text));
    }
  }

  static void rename(Node& entry, const Renamed& renamed) {
    const Node* field = entry.find(renamed.from);
    if (field == nullptr) return;
    if (entry.find(renamed.to) != nullptr)
      entry.said.error(field->line, fmt::format("feature \"{}\": its {} and its {} mean the same; remove one of them",
                                                textOf(entry, "feature_name"), renamed.from, renamed.to));
    Node value = *field;
    entry.remove(renamed.from);
    entry.set(renamed.to, std::move(value));
  }

  void feature(const std::string& kind, const Node& body, bool inGroup, std::vector<Node>& out) {
    Node entry = body;
    if (alone_) requireColumns(body, entry.said);
    bool sequence = kind.rfind("sequence_", 0) == 0;
    std::string plain = sequence ? kind.substr(9) : kind;
    entry.set("feature_type", Node::ofText(kind, body.line));
    for (std::string_view name : kModelSide) entry.remove(name);
    for (const Renamed& renamed : kRenamed)
      if (renamed.type.empty() || renamed.type == plain) rename(entry, renamed);
    for (std::string_view name : {"vocab_dict", "value_map"})
      if (const Node* map = entry.find(name)) entry.set(name, asRecord(*map));
    bool ofSequence =
        inGroup || sequence || (body.find("is_sequence") != nullptr && body.find("is_sequence")->isTrue());
    bucketizer(entry, defaultText(plain, ofSequence, entry));
    defaults(plain, entry);
    if (plain == "custom_feature") parameters(entry);
    if (plain == "tokenize_feature") textNormalizer(entry, ofSequence, out);
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
      unlessSet("value_separator", Node::ofText(",", line));
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
      // Of custom operators, which may give texts.
      bool isText = type == "custom_feature" && isId;
      unlessSet("value_type", Node::ofText(whole ? "int64" : isText ? "string" : "float", line));
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

  // `text_normalizer { norm_options: ... }` of a tokenize_feature is a stub before it.
  static void textNormalizer(Node& entry, bool ofSequence, std::vector<Node>& out) {
    const Node* said = entry.find("text_normalizer");
    if (said == nullptr) return;
    std::string name = textOf(entry, "feature_name") + "__text_norm";
    uint32_t line = said->line;
    Node stub;
    stub.kind = Node::Kind::Record;
    stub.line = line;
    stub.set("feature_type", Node::ofText(ofSequence ? "sequence_text_normalizer" : "text_normalizer", line));
    stub.set("feature_name", Node::ofText(name, line));
    stub.set("stub_type", Node::ofBool(true, line));
    for (std::string_view key : {"expression", "sequence_delim", "sequence_length", "sequence_fields"})
      if (const Node* field = entry.find(key)) stub.set(key, *field);
    for (std::string_view key : {"max_length", "stop_char_file"})
      if (const Node* field = said->find(key)) stub.set(key, *field);
    if (const Node* options = said->find("norm_options")) {
      int64_t parameter = 0;
      for (const Node* option : options->each()) {
        for (const NormOption& known : kNormOptions)
          if (known.name == option->text) parameter |= known.bit;
        if (option->text == "TEXT_REMOVE_SPACE") stub.set("remove_space", Node::ofBool(true, line));
      }
      stub.set("parameter", Node::ofNumber(std::to_string(parameter), line));
    }
    entry.remove("text_normalizer");
    entry.set("expression", Node::ofText("feature:" + name, line));
    if (ofSequence) entry.set("sequence_fields", Node::ofText(name, line));
    out.push_back(std::move(stub));
  }

  bool alone_;
  Messages& messages_;
};

}  // namespace

std::vector<Node> fromTorchEasyRec(const Node& config, Messages& messages) {
  std::vector<Node> out;
  std::string mode;
  if (const Node* data = config.find("data_config")) {
    mode = textOf(*data, "fg_mode", "FG_NONE");
    if (mode != "FG_DAG" && mode != "FG_NORMAL")
      messages.error(
          data->line,
          fmt::format("data_config has fg_mode {}: the data is encoded already, so there is nothing to import; if FG "
                      "computes the features, write FG_DAG",
                      mode));
  }
  const Node* features = config.find("feature_configs");
  if (features == nullptr) {
    messages.error(config.line, "the file has no feature_configs; an fg.json would begin with \"{\"");
    return out;
  }
  for (const auto& [name, value] : config.fields) {
    constexpr std::string_view kName[] = {"feature_configs"};
    if (name != kName[0] && nearestName(name, kName))
      messages.error(value.line, fmt::format("\"{}\" is not part of a config; did you mean \"{}\"?", name, kName[0]));
  }
  Translator translator(mode == "FG_NORMAL", messages);
  for (const Node* one : features->each()) translator.translate(*one, false, out);
  return out;
}

}  // namespace featc::fg
