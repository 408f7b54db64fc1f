// SPDX-License-Identifier: Apache-2.0
// manifest.json of a model's version: what featc pack saw, so that nothing else is loaded in its place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace featc {

struct PackedFile {
  std::string path;  // within the version's folder
  uint64_t bytes = 0;
  std::string xxh128;  // 32 hexadecimal digits, as xxhsum -H2 prints them

  bool operator==(const PackedFile&) const = default;
};

struct VersionManifest {
  std::string model;         // of the config
  uint64_t fingerprint = 0;  // of the config
  uint32_t semantics = 0;
  std::string epoch;         // of the tables; empty: none
  uint64_t epochOrigin = 0;  // of its tables' content
  std::string featc;         // the version and build that packed it
  std::string engine;        // that read the network then
  std::vector<PackedFile> files;

  bool operator==(const VersionManifest&) const = default;
};

inline constexpr std::string_view kVersionManifest = "manifest.json";

std::string manifestText(const VersionManifest& manifest);
// `file` is named in errors, with the field that is wrong. Fails with BadModel.
Expected<VersionManifest> parseVersionManifest(std::string_view text, const std::string& file);

// All files below `folder` but the manifest, by path. Fails with NoFile where one cannot be read.
Expected<std::vector<PackedFile>> sumFiles(const std::filesystem::path& folder);
// How `found` differs from what was packed, one line a file; empty: not at all.
std::vector<std::string> differences(const std::vector<PackedFile>& packed, const std::vector<PackedFile>& found);

}  // namespace featc
