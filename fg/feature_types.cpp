// SPDX-License-Identifier: Apache-2.0
// The table of FG's feature types.
#include "fg/types.h"

namespace featc::fg {
namespace {

Type text(const Feature&, size_t) { return Type::string().withNullable(); }

// Numbers come as such, where they are not a sequence and need not be cut.
Type number(const Feature& feature, size_t) {
  if (feature.sequence || feature.entry.find("separator") != nullptr) return Type::string().withNullable();
  const Node* width = feature.entry.find("value_dim");
  bool isList = width != nullptr && integerOf(width->text).value_or(1) > 1;
  return (isList ? Type::list(Type::float64()) : Type::float64()).withNullable();
}

Type variable(const Feature& feature, size_t input) {
  return feature.inputs[input].sequence ? Type::list(Type::float64()).withNullable() : Type::float64().withNullable();
}

constexpr auto kFlat = Sequences::FlatOrGroup;
constexpr uint32_t kIds = kHash | kVocabulary | kNumber;
constexpr int64_t kMostNumbers = 65'536;

const std::vector<std::string_view> kTextType = {"string"};
const std::vector<std::string_view> kNumberTypes = {"float", "double"};
const std::vector<std::string_view> kAllButWhole = {"float", "double", "string"};
const std::vector<std::string_view> kAnyType = {"float", "double", "string", "int32", "int64"};
const std::vector<std::string_view> kAllNumberTypes = {"float", "double", "int32", "int64"};

}  // namespace

std::span<const FeatureType> featureTypes() {
  static const std::vector<FeatureType> kTypes = {
      // name, inputs, keys of its own, bucketizers, default_value, value_type, the most of value_dim, sequences, column
      // type, build. The combiner of id_feature and raw_feature is the model's.
      {"id_feature", {{"expression"}}, "weighted need_prefix combiner", kIds, "", kTextType, 1, kFlat, text, buildId},
      {"raw_feature",
       {{"expression"}},
       "normalizer combiner",
       kBoundaries,
       "0",
       kAnyType,
       kMostNumbers,
       kFlat,
       number,
       buildRaw},
      {"combo_feature",
       {{"expression", 2, kAnyNumber}},
       "need_prefix",
       kHash | kVocabulary,
       "",
       kTextType,
       1,
       kFlat,
       text,
       buildCombo},
      {"combine_feature",
       {{"expression"}},
       "value_map combiner normalizer",
       kNumber | kBoundaries,
       "",
       kNumberTypes,
       1,
       Sequences::Group,
       text,
       buildCombine},
      {"lookup_feature",
       {{"map"}, {"key"}},
       "combiner needDiscrete needKey normalizer value_separator",
       kIds | kBoundaries,
       "0",
       kAllButWhole,
       kMostNumbers,
       kFlat,
       text,
       buildLookup},
      {"match_feature",
       {{"user"}, {"category"}, {"item"}},
       "matchType needDiscrete show_category show_item normalizer",
       kIds | kBoundaries,
       "0",
       kAllButWhole,
       1,
       Sequences::Group,
       text,
       buildMatch},
      {"expr_feature",
       {{"variables", 1, kAnyNumber}},
       "expression fill_missing",
       kHash | kNumber | kBoundaries,
       "0",
       kAllNumberTypes,
       kMostNumbers,
       kFlat,
       variable,
       buildExpr},
      {"overlap_feature",
       {{"query"}, {"title"}},
       "method normalizer",
       kBoundaries,
       "",
       kNumberTypes,
       1,
       Sequences::Group,
       text,
       buildOverlap},
      {"kv_dot_product",
       {{"query"}, {"document"}},
       "kv_delimiter normalizer",
       kBoundaries,
       "0",
       kNumberTypes,
       1,
       Sequences::Group,
       text,
       buildKvDot},
      {"bool_mask_feature",
       {{"expression", 2, 2}},
       "is_sequence",
       kIds,
       "",
       kTextType,
       1,
       Sequences::Group,
       text,
       buildBoolMask},
      {"regex_replace_feature",
       {{"expression"}},
       "regex_pattern replacement replace_all icase is_sequence",
       kIds,
       "",
       kTextType,
       1,
       kFlat,
       text,
       buildRegexReplace},
      {"custom_feature",
       {{"expression", 1, kAnyNumber}},
       "operator_name operator_lib_file encoding formula regex_patten regex_pattern replacement replace_all icase "
       "normalizer is_sequence",
       kIds | kBoundaries,
       "0",
       kAllButWhole,
       1,
       kFlat,
       text,
       buildCustom},
      {"tokenize_feature",
       {{"expression"}},
       "tokenizer_type output_type output_delim tokens_as_sequence",
       kVocabulary,
       "",
       kTextType,
       0,
       Sequences::Group,
       text,
       buildTokenize},
      {"text_normalizer",
       {{"expression"}},
       "parameter remove_space max_length stop_char_file is_gbk_input is_gbk_output",
       0,
       "",
       kTextType,
       1,
       kFlat,
       text,
       buildTextNormalizer},
  };
  return kTypes;
}

}  // namespace featc::fg
