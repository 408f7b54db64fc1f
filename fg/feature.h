// SPDX-License-Identifier: Apache-2.0
// One FG feature on its way into a config, and the table of feature types.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fg/columns.h"
#include "fg/messages.h"
#include "fg/node.h"

namespace featc::fg {

class FeatureBuilder;
struct Feature;

enum Bucketizer : uint32_t { kHash = 1, kVocabulary = 2, kNumber = 4, kBoundaries = 8 };

// How a feature of sequences is written: as a list with one value an element where that is all it is, else as a
// sequence group.
enum class Sequences : uint8_t { FlatOrGroup, Group };

// A key that names inputs, and how many it takes: a list counts as several.
struct InputKey {
  std::string_view name;
  size_t least = 1;
  size_t most = 1;
};
inline constexpr size_t kAnyNumber = std::numeric_limits<size_t>::max();

// Everything that an import knows of a feature type.
struct FeatureType {
  std::string_view name;  // `id_feature`
  std::vector<InputKey> inputs;
  std::string_view keys;  // further keys of its own, between spaces
  uint32_t bucketizers;
  std::string_view defaultValue;
  // What its value_type may say. Whole numbers may stand beside num_buckets in every type.
  std::vector<std::string_view> valueTypes;
  int64_t mostValues;  // of value_dim
  Sequences sequences;
  // What an input column is best declared as where --schema is silent.
  Type (*columnType)(const Feature& feature, size_t input);
  // Hands its value to the builder, or throws ImportError.
  void (*build)(FeatureBuilder& builder);
};
std::span<const FeatureType> featureTypes();

struct Feature {
  Node entry;
  EntryNumber number = 0;
  const FeatureType* type = nullptr;
  std::string ownName;  // feature_name
  std::string name;     // of the output: within a group with the group's name before it
  std::string group;    // sequence_name, empty outside of groups
  bool sequence = false;
  std::string delimiter = ";";
  int64_t length = 0;  // 0: not cut
  bool stub = false;
  bool isRead = false;  // by another feature
  std::vector<Input> inputs;
  std::vector<std::string> notes;
  bool isBroken = false;  // which is said already: it is not built

  uint32_t line() const { return entry.line; }
};

// Why a feature cannot be carried over, and what to write instead.
struct ImportError {
  std::string why;
  uint32_t line = 0;  // 0: the feature's
};

// Entries and groups taken apart and checked: keys, types, names, inputs. Those of `leftOut` are not looked at.
std::vector<Feature> collectFeatures(const std::vector<Node>& entries, const std::set<EntryNumber>& leftOut,
                                     Messages& messages);

}  // namespace featc::fg
