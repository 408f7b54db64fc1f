// SPDX-License-Identifier: Apache-2.0
// How each feature type becomes expressions of a config.
#pragma once

#include "fg/builder.h"

namespace featc::fg {

// id_types.cpp
void buildId(FeatureBuilder& b);
void buildCombo(FeatureBuilder& b);
void buildBoolMask(FeatureBuilder& b);
void buildRegexReplace(FeatureBuilder& b);

// raw_type.cpp
void buildRaw(FeatureBuilder& b);

// number_types.cpp
void buildCombine(FeatureBuilder& b);
void buildExpr(FeatureBuilder& b);
// The expression under another key.
void buildExpression(FeatureBuilder& b, std::string_view key);
void buildOverlap(FeatureBuilder& b);

// map_types.cpp
void buildLookup(FeatureBuilder& b);
void buildMatch(FeatureBuilder& b);
void buildKvDot(FeatureBuilder& b);

// custom_type.cpp
void buildCustom(FeatureBuilder& b);

// tokenize_types.cpp
void buildTokenize(FeatureBuilder& b);
void buildTextNormalizer(FeatureBuilder& b);

}  // namespace featc::fg
