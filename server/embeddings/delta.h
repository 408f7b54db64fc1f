// SPDX-License-Identifier: Apache-2.0
// A delta file: rows of an epoch's tables that changed, numbered in sequence. All little-endian:
//
//   16 bytes  "featc emb delta\n"
//   uint32    version, number of tables
//   uint64    the epoch's origin, sequence, bytes of the whole file
//   text      the epoch
//   a table:  text      its name
//             uint32    dim, type (a RowType)
//             uint64    n changes
//             uint64[n] ids
//             uint8[n]  1: the row is deleted
//             the rows of those that are not, in the same order
//   uint64    XXH3-64 of all before
//
// A text is its length as uint32 and its bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/embeddings/overlay.h"
#include "server/embeddings/row_type.h"
#include "support/error.h"

namespace featc {

inline constexpr uint32_t kDeltaVersion = 1;
inline constexpr uint64_t kMaxDeltaBytes = uint64_t{4} << 30U;

struct DeltaTable {
  std::string name;
  uint32_t dim = 0;
  RowType type = RowType::Float32;
  std::vector<RowChange> changes{};
};

struct Delta {
  std::string epoch;
  uint64_t origin = 0;  // EpochManifest::origin
  uint64_t sequence = 0;
  std::vector<DeltaTable> tables;
  std::string bytes;  // of the file that was read: the rows lie there; longer than what a string has inside
};

// FOLDER/deltas/NNNNNNNN.delta of an epoch's folder.
std::string deltaFolder(const std::string& epochFolder);
std::string deltaFile(const std::string& epochFolder, uint64_t sequence);
// The sequences of the deltas in an epoch's folder, ascending.
std::vector<uint64_t> deltaSequences(const std::string& epochFolder);

std::string deltaBytes(const Delta& delta);
// `file` is named in errors.
Expected<Delta> parseDelta(std::string bytes, const std::string& file);
// ErrorCode::NoFile: there is no such file.
Expected<Delta> readDelta(const std::string& file);
// Appears whole or not at all.
Error writeDelta(const std::string& epochFolder, const Delta& delta);

}  // namespace featc
