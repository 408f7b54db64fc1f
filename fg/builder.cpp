// SPDX-License-Identifier: Apache-2.0
// Access to an entry's keys, and the names that a feature's lines make.
#include "fg/builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "fg/text.h"

namespace featc::fg {

FeatureBuilder::FeatureBuilder(const Feature& feature, Shared& shared, bool inGroup)
    : feature_(feature), shared_(shared), inGroup_(inGroup), notes_(feature.notes) {
  checkValueType();
  checkValueDim();
  if (inGroup) openGroup();
}

void FeatureBuilder::checkValueType() const {
  std::string type = valueType();
  const std::vector<std::string_view>& known = feature_.type->valueTypes;
  bool isWhole = type == "int32" || type == "int64";
  bool isKnown = std::ranges::find(known, type) != known.end();
  if (!type.empty() && !isKnown && !(isWhole && bucketizer() == kNumber))
    refuse(fmt::format("what value_type {} makes of this {} is not known; write {}", text("value_type"),
                       feature_.type->name, fmt::join(known, " or ")),
           find("value_type")->line);
  if (std::string absent = defaultText(); isWhole && !absent.empty() && !isWholeNumber(absent))
    refuse(fmt::format("its default_value \"{}\" is not a whole number, which value_type {} requires", absent, type));
}

void FeatureBuilder::checkValueDim() const {
  int64_t most = feature_.type->mostValues;
  if (integer("value_dim", 0) > most)
    refuse(most > 1
               ? fmt::format("its value_dim is over {}", most)
               : fmt::format("what a value_dim over {} keeps is not known; write {}", most, most == 0 ? "0" : "0 or 1"),
           find("value_dim")->line);
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
  // Defaults stand there as numbers too, and mean their text.
  if (key == "default_value" ? !node->isScalar() : node->kind != Node::Kind::Text)
    refuse(fmt::format("its \"{}\" should be one text", key), node->line);
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
  return float32Of("default_value", said);
}

double FeatureBuilder::float32Of(std::string_view what, const std::string& text, uint32_t line) {
  auto value = numberOf(text);
  if (!value) refuse(fmt::format("its {} \"{}\" is not a number", what, text), line);
  auto rounded = static_cast<double>(static_cast<float>(*value));
  if (!std::isfinite(rounded))
    refuse(fmt::format("its {} \"{}\" is more than float32 holds; write one up to 3.4e38", what, text), line);
  return rounded;
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
    bool isCount = key.kind == kHash || key.kind == kNumber;
    if (node != nullptr && isCount && node->isScalar() && integerOf(node->text) == 0)
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
  return type == "float32" ? "float" : type == "integer" ? "int32" : type;
}

void FeatureBuilder::note(std::string text) {
  if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(std::move(text));
}

void FeatureBuilder::noteCount(std::string_view what, std::string_view filler) {
  note(fmt::format(
      "another count of {} than value_dim, or one that is missing: FG refuses it or its answer is not known; here {}",
      what,
      bucketizer() != 0 ? "each value that is there has an id" : fmt::format("{} added or the rest is cut", filler)));
}

void FeatureBuilder::assumeExact() {
  if (readsNumbers_)
    assume(
        "numbers over 16777216 in a column that an expression reads, such as timestamps: FG rounds them to float32 "
        "first; here they stay exact, so that a difference is not FG's (write float32(x) for it)");
}

void FeatureBuilder::assumeNumbersInText() {
  assume(
      "text that is not a number as JSON writes it (.5, +1 and 5. are not), or holds several where one is expected: "
      "FG's "
      "answer "
      "is not known; here it is missing, which is the default, 0 within a vector and no id of a raw_feature (declare "
      "the column float64? in --schema, and such a row is refused)");
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
