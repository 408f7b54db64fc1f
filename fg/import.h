// SPDX-License-Identifier: Apache-2.0
// Turns a config of Alibaba's FG (fg.json or TorchEasyRec's text form) into one of featc.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fg/messages.h"
#include "values/type.h"

namespace featc::fg {

struct FgOptions {
  std::string name = "fg.json";        // of the file, for the config's heading and its model
  std::filesystem::path folder = ".";  // where vocabulary files lie
  bool farmHash = false;               // USE_FARM_HASH_TO_BUCKETIZE=true
  std::map<std::string, Type> columns{};
  bool lenient = false;  // leaves out what cannot be carried over
  // What is left out for reasons that only the finished config showed.
  std::vector<Message> refused{};
};

// Where in the config the text of a feature begins, and the feature's line in the FG file.
struct FeaturePlace {
  size_t offset;
  uint32_t line;
  std::string name;
  EntryNumber entry;
};

struct FgImport {
  std::string config;  // whole only without errors
  // Ascending.
  std::vector<FeaturePlace> features;
  size_t outputs = 0;
  size_t entries = 0;  // of the file: what was left out counts
  Messages messages;
  std::vector<Message> leftOut;  // with --lenient: why, for each feature at least once
};

FgImport importFg(std::string_view text, const FgOptions& options);
// Reads COLUMNS.json: `{"itemid": "string?", "tags": "list<string>?"}`.
std::map<std::string, Type> readColumnTypes(std::string_view text, Messages& messages);

}  // namespace featc::fg
