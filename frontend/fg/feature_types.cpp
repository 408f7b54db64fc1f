// SPDX-License-Identifier: Apache-2.0
// The table of FG's feature types.
#include "frontend/fg/types.h"

namespace featc::fg {
namespace {

Type text(const Feature&, size_t) { return Type::string().withNullable(); }

// Numbers come as such, where they are no sequence and need not be cut.
Type number(const Feature& feature, size_t) {
  if (feature.sequence || feature.entry.find("separator") != nullptr) return Type::string().withNullable();
  const Node* width = feature.entry.find("value_dim");
  bool isList = width != nullptr && integerOf(width->text).value_or(1) > 1;
  return (isList ? Type::list(Type::float64()) : Type::float64()).withNullable();
}

Type variable(const Feature& feature, size_t) {
  return feature.sequence ? Type::list(Type::float64()).withNullable() : Type::float64().withNullable();
}

constexpr uint32_t kIds = kHash | kVocabulary | kNumber;

}  // namespace

std::span<const FeatureType> featureTypes() {
  static const std::vector<FeatureType> kTypes = {
      // name, inputs, keys of its own, bucketizers, default_value, sequences?, column type, build
      {"id_feature", {"expression"}, "weighted need_prefix", kIds, "", true, text, buildId},
      {"raw_feature", {"expression"}, "normalizer", kBoundaries, "0", true, number, buildRaw},
      {"combo_feature", {"expression"}, "", kHash | kVocabulary, "", true, text, buildCombo},
      {"combine_feature",
       {"expression"},
       "value_map combiner normalizer",
       kNumber | kBoundaries,
       "",
       false,
       text,
       buildCombine},
      {"lookup_feature",
       {"map", "key"},
       "combiner needDiscrete needKey normalizer",
       kIds | kBoundaries,
       "0",
       true,
       text,
       buildLookup},
      {"match_feature",
       {"user", "category", "item"},
       "matchType needDiscrete show_category show_item normalizer",
       kIds | kBoundaries,
       "0",
       false,
       text,
       buildMatch},
      {"expr_feature",
       {"variables"},
       "expression fill_missing",
       kHash | kNumber | kBoundaries,
       "0",
       true,
       variable,
       buildExpr},
      {"overlap_feature", {"query", "title"}, "method normalizer", kBoundaries, "", false, text, buildOverlap},
      {"kv_dot_product", {"query", "document"}, "kv_delimiter normalizer", kBoundaries, "0", false, text, buildKvDot},
      {"bool_mask_feature", {"expression"}, "", kIds, "", false, text, buildBoolMask},
      {"regex_replace_feature",
       {"expression"},
       "regex_pattern replacement replace_all icase",
       kIds,
       "",
       true,
       text,
       buildRegexReplace},
      {"custom_feature",
       {"expression"},
       "operator_name operator_lib_file encoding formula regex_patten regex_pattern replacement replace_all icase "
       "normalizer",
       kIds | kBoundaries,
       "0",
       true,
       text,
       buildCustom},
  };
  return kTypes;
}

}  // namespace featc::fg
