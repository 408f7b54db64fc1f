// SPDX-License-Identifier: Apache-2.0
// Writes an epoch's folder: its manifest, its deltas, its tables anew. Whoever reads it meanwhile sees it as it was
// before or as it is after, also when the writer dies.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/embeddings/delta.h"
#include "server/embeddings/manifest.h"
#include "support/error.h"

namespace featc {

// Only one process at a time writes a folder: the lock goes with the process.
class EpochLock {
 public:
  // The folder must be there. An error where another process has it.
  static Expected<EpochLock> take(const std::string& folder);
  ~EpochLock();
  EpochLock(EpochLock&& other) noexcept : folder_(other.folder_) { other.folder_ = -1; }
  EpochLock& operator=(EpochLock&&) = delete;

 private:
  explicit EpochLock(int folder) : folder_(folder) {}
  int folder_;
};

// Creates the folder and those above it where there are none, for an epoch to be built in: there is no manifest yet.
// What an earlier build left there when it died is removed.
Expected<EpochLock> beginEpoch(const std::string& folder);
// Puts the manifest beside the finished tables, with the origin that follows from them: from now on it is an epoch.
Error publishEpoch(const std::string& folder, EpochManifest& manifest);

// The epoch's next delta, of these changes. Gives its sequence.
Expected<uint64_t> appendDelta(const std::string& folder, std::vector<DeltaTable> tables);

struct Compaction {
  uint64_t sequence = 0;              // of the last delta that the tables now contain
  uint64_t deltas = 0;                // how many they did not contain before
  std::vector<std::string> tables{};  // that were written anew
};
// Makes new table files of the tables and their deltas, of which no more than a few rows are in memory. Deltas stay
// unless `removeDeltas`: those that the tables then contain are removed.
Expected<Compaction> compactEpoch(const std::string& folder, bool removeDeltas);

}  // namespace featc
