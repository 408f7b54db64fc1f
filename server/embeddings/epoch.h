// SPDX-License-Identifier: Apache-2.0
// An epoch's folder: its manifest, the tables that it names, and the deltas since.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/embeddings/lookup.h"
#include "server/embeddings/manifest.h"
#include "support/error.h"

namespace featc {

// All tables of an epoch at one sequence of its deltas. Immutable: a joined batch keeps one.
class EmbeddingSnapshot {
 public:
  EmbeddingSnapshot(EpochManifest manifest, uint64_t sequence, std::vector<TableLookup> tables)
      : manifest_(std::move(manifest)), sequence_(sequence), tables_(std::move(tables)) {}

  const std::string& epoch() const { return manifest_.epoch; }
  // The last delta in it; 0: none.
  uint64_t sequence() const { return sequence_; }
  const EpochManifest& manifest() const { return manifest_; }

  // As manifest().tables has them.
  size_t size() const { return tables_.size(); }
  const TableLookup& table(size_t i) const { return tables_[i]; }
  // The table of an output; nothing where it has none.
  std::optional<size_t> tableOf(std::string_view output) const { return manifest_.tableOf(output); }

 private:
  EpochManifest manifest_;
  uint64_t sequence_;
  std::vector<TableLookup> tables_;
};

// Thread-safe.
class EmbeddingEpoch {
 public:
  // Reads the manifest, opens all tables, and applies the deltas that are there, as refresh() does: what is wrong with
  // a delta is no error, see deltaProblem(). An error names the file, and what to do where that is known.
  static Expected<std::shared_ptr<EmbeddingEpoch>> open(const std::string& folder, const TableOptions& options = {});

  const std::string& folder() const { return folder_; }
  std::shared_ptr<const EmbeddingSnapshot> snapshot() const;

  // Applies the deltas that came since: how many. Where one is missing, damaged or of another epoch those before it are
  // applied, and the error names it. Whoever has a snapshot keeps it as it is.
  Expected<uint64_t> refresh();
  // Why deltas are no longer applied, of the last refresh; fine: they are.
  Error deltaProblem() const;

 private:
  using Snapshot = std::shared_ptr<const EmbeddingSnapshot>;

  EmbeddingEpoch(std::string folder, TableOptions options) : folder_(std::move(folder)), options_(std::move(options)) {}
  // The tables as their manifest has them, without deltas.
  Expected<Snapshot> openTables() const;
  Expected<Snapshot> withDeltas(Snapshot from) const;
  void publish(Snapshot snapshot);

  std::string folder_;
  TableOptions options_;
  std::mutex refreshing_;  // one at a time
  mutable std::mutex mutex_;
  Snapshot snapshot_;
  Error deltaProblem_;
};

}  // namespace featc
