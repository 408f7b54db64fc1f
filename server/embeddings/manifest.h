// SPDX-License-Identifier: Apache-2.0
// manifest.json of an epoch's folder: what its tables are and whose outputs they serve.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/embeddings/row_type.h"
#include "support/error.h"

namespace featc {

inline constexpr int kManifestVersion = 1;
inline constexpr std::string_view kManifestFile = "manifest.json";

struct ManifestTable {
  std::string name;
  std::string file;                    // in the epoch's folder
  std::vector<std::string> outputs{};  // that use it; no output has two tables
  uint32_t dim = 0;
  RowType type = RowType::Float32;
  Combiner combiner = Combiner::Sum;
  uint64_t rows = 0;
  std::vector<float> defaultRow{};  // `dim` numbers
  uint64_t checksum = 0;            // EmbeddingTable::checksum()

  bool operator==(const ManifestTable&) const = default;
};

struct EpochManifest {
  std::string epoch{};    // its name
  uint64_t origin = 0;    // of the tables as they were built: the same after a compaction. Deltas name it
  uint64_t sequence = 0;  // of the last delta that the tables contain; 0: none
  std::vector<ManifestTable> tables{};

  std::optional<size_t> tableOf(std::string_view output) const;
  std::optional<size_t> tableNamed(std::string_view name) const;
  bool operator==(const EpochManifest&) const = default;
};

// The text with a newline at its end.
std::string manifestText(const EpochManifest& manifest);
// `file` is named in errors, with the table and the field that is wrong.
Expected<EpochManifest> parseManifest(std::string_view text, const std::string& file);
Expected<EpochManifest> readManifest(const std::string& folder);

// Whether a table or an epoch may be called so: letters, digits, `_`, `-` and `.`, not `.` first, at most 128 bytes.
bool isPlainName(std::string_view name);

}  // namespace featc
