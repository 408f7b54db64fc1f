// SPDX-License-Identifier: Apache-2.0
// Access to an entry's keys, and the names that a feature's lines make.
#include "frontend/fg/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "frontend/fg/text.h"

namespace featc::fg {

FeatureBuilder::FeatureBuilder(const Feature& feature, Shared& shared, bool inGroup)
    : feature_(feature), shared_(shared), inGroup_(inGroup) {
  if (inGroup) openGroup();
}

std::string FeatureBuilder::lines() const {
  return inGroup_ && !lines_.empty() ? beforeGroup_ + groupHead() + lines_ + "}\n" : lines_;
}

const Input& FeatureBuilder::input(size_t i) const {
  if (i >= feature_.inputs.size()) refuse(fmt::format("it has {} inputs and needs more", feature_.inputs.size()));
  return feature_.inputs[i];
}

std::string FeatureBuilder::text(std::string_view key, std::string_view fallback) const {
  const Node* node = find(key);
  if (node == nullptr) return std::string(fallback);
  if (!node->isScalar()) refuse(fmt::format("its \"{}\" should be one text", key), node->line);
  return node->text;
}

bool FeatureBuilder::flag(std::string_view key, bool fallback) const {
  const Node* node = find(key);
  return node == nullptr ? fallback : node->isTrue();
}

bool FeatureBuilder::flagThatMustBeWritten(std::string_view key) const {
  if (!has(key))
    refuse(
        fmt::format("it leaves out \"{0}\", whose default differs between versions of FG; write \"{0}\": true or "
                    "false",
                    key));
  return flag(key, false);
}

int64_t FeatureBuilder::integer(std::string_view key, int64_t fallback) const {
  const Node* node = find(key);
  if (node == nullptr) return fallback;
  auto value = integerOf(node->text);
  if (!node->isScalar() || !value || *value < 0)
    refuse(fmt::format("its \"{}\" should be a whole number from 0 on", key), node->line);
  return *value;
}

std::string FeatureBuilder::defaultText() const {
  std::string said = text("default_value", feature_.type->defaultValue);
  return said.empty() && feature_.sequence ? "0" : said;
}

std::optional<double> FeatureBuilder::defaultNumber() const {
  std::string said = defaultText();
  if (said.empty()) return std::nullopt;
  auto value = numberOf(said);
  if (!value) refuse(fmt::format("its default_value \"{}\" is no number", said));
  return static_cast<double>(static_cast<float>(*value));
}

std::string FeatureBuilder::separators() const {
  std::string own = text("separator");
  if (own.empty() || own == "\x1d") return "\x1d";
  if (own.size() != 1 || static_cast<unsigned char>(own[0]) >= 0x80)
    refuse(fmt::format("its separator {} is not one ASCII character", literalText(own)), find("separator")->line);
  return own + "\x1d";
}

Bucketizer FeatureBuilder::bucketizer() const {
  struct Key {
    std::string_view key;
    Bucketizer kind;
  };
  constexpr Key kKeys[] = {{"hash_bucket_size", kHash}, {"vocab_list", kVocabulary}, {"vocab_dict", kVocabulary},
                           {"vocab_file", kVocabulary}, {"num_buckets", kNumber},    {"boundaries", kBoundaries}};
  const Key* found = nullptr;
  for (const Key& key : kKeys) {
    const Node* node = find(key.key);
    if (node != nullptr && node->kind == Node::Kind::Number && node->text == "0")
      refuse(fmt::format("its {} of 0 leaves no bucket; write how many there are", key.key), node->line);
    if (node == nullptr || (node->kind == Node::Kind::Text && node->text.empty()) ||
        (node->kind == Node::Kind::List && node->items.empty()) ||
        (node->kind == Node::Kind::Record && node->fields.empty()))
      continue;
    if (found != nullptr)
      refuse(fmt::format("it has both {} and {}; FG takes one bucketizer", found->key, key.key), node->line);
    if ((feature_.type->bucketizers & key.kind) == 0)
      refuse(fmt::format("{} has no {}", feature_.type->name, key.key), node->line);
    found = &key;
  }
  return found == nullptr ? Bucketizer{} : found->kind;
}

std::string FeatureBuilder::valueType() const {
  std::string type = text("value_type");
  std::transform(type.begin(), type.end(), type.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
  return type == "float32" ? "float" : type;
}

void FeatureBuilder::note(std::string text) {
  if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(std::move(text));
}

std::string FeatureBuilder::let(std::string_view what, const std::string& code) {
  std::string name = nameText(fmt::format("{} {}", feature_.name, what));
  line(fmt::format("let {} = {}", name, code));
  return name;
}

std::string FeatureBuilder::function(std::string_view name) {
  functions_.insert(std::string(name));
  return std::string(name);
}

}  // namespace featc::fg
