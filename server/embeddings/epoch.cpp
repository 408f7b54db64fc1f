// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/epoch.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/embeddings/delta.h"
#include "server/embeddings/overlay.h"

namespace featc {

namespace {

// How much of deltas is read before it is applied.
constexpr size_t kPendingBytes = size_t{256} << 20U;
// A compaction may replace files while they are being opened.
constexpr int kOpenAttempts = 4;

// What is wrong with the delta as one of this epoch; empty: nothing.
std::string misfit(const Delta& delta, const EpochManifest& manifest, uint64_t sequence) {
  if (delta.origin != manifest.origin || delta.epoch != manifest.epoch)
    return fmt::format("it belongs to epoch \"{}\", {:016x}, and these tables to \"{}\", {:016x}", delta.epoch,
                       delta.origin, manifest.epoch, manifest.origin);
  if (delta.sequence != sequence) return fmt::format("it has sequence {} inside", delta.sequence);
  for (const DeltaTable& changed : delta.tables) {
    const std::optional<size_t> table = manifest.tableNamed(changed.name);
    if (!table) return fmt::format("it changes table \"{}\", which the epoch does not have", changed.name);
    const ManifestTable& known = manifest.tables[*table];
    if (changed.dim != known.dim || changed.type != known.type)
      return fmt::format("table \"{}\" has {} x {} there, and {} x {} in the epoch", changed.name, changed.dim,
                         rowTypeName(changed.type), known.dim, rowTypeName(known.type));
  }
  return {};
}

std::shared_ptr<const EmbeddingSnapshot> applied(const EmbeddingSnapshot& before, std::span<const Delta> deltas) {
  const EpochManifest& manifest = before.manifest();
  std::vector<std::vector<RowChange>> changes(before.size());
  for (const Delta& delta : deltas) {
    for (const DeltaTable& table : delta.tables) {
      std::vector<RowChange>& all = changes[*manifest.tableNamed(table.name)];
      all.insert(all.end(), table.changes.begin(), table.changes.end());
    }
  }
  std::vector<TableLookup> tables;
  for (size_t i = 0; i < before.size(); ++i) {
    const TableLookup& table = before.table(i);
    std::shared_ptr<const TableOverlay> overlay = table.overlay();
    if (!changes[i].empty())
      overlay = TableOverlay::make(overlay.get(), changes[i], rowBytes(table.type(), table.dim()));
    tables.emplace_back(table.sharedTable(), table.combiner(), manifest.tables[i].defaultRow, std::move(overlay));
  }
  return std::make_shared<EmbeddingSnapshot>(manifest, deltas.back().sequence, std::move(tables));
}

}  // namespace

Expected<std::shared_ptr<EmbeddingEpoch>> EmbeddingEpoch::open(const std::string& folder, const TableOptions& options) {
  std::shared_ptr<EmbeddingEpoch> epoch(new EmbeddingEpoch(folder, options));
  Expected<Snapshot> snapshot = epoch->openTables();
  if (!snapshot) return snapshot.error();
  epoch->publish(*std::move(snapshot));
  (void)epoch->refresh();
  return epoch;
}

Expected<EmbeddingEpoch::Snapshot> EmbeddingEpoch::openTables() const {
  Error problem;
  for (int attempt = 0; attempt < kOpenAttempts; ++attempt) {
    Expected<EpochManifest> manifest = readManifest(folder_);
    if (!manifest) return manifest.error();
    problem = {};
    std::vector<TableLookup> tables;
    for (const ManifestTable& known : manifest->tables) {
      const std::string path = folder_ + "/" + known.file;
      Expected<std::shared_ptr<const EmbeddingTable>> table = EmbeddingTable::open(path, options_);
      if (!table) problem = table.error();
      if (!table) break;
      const EmbeddingTable& is = **table;
      if (is.checksum() != known.checksum || is.dim() != known.dim || is.type() != known.type ||
          is.rows() != known.rows)
        return Error(fmt::format("cannot use {}: it is another table than the one that {}/{} names", path, folder_,
                                 kManifestFile),
                     ErrorCode::BadModel, path);
      tables.emplace_back(*std::move(table), known.combiner, known.defaultRow);
    }
    if (!problem)
      return Snapshot(std::make_shared<EmbeddingSnapshot>(*manifest, manifest->sequence, std::move(tables)));
    if (problem.code != ErrorCode::NoFile) break;
    Expected<EpochManifest> again = readManifest(folder_);
    if (!again || *again == *manifest) break;
  }
  return problem;
}

Expected<EmbeddingEpoch::Snapshot> EmbeddingEpoch::withDeltas(Snapshot from) const {
  std::vector<Delta> pending;
  size_t bytes = 0;
  for (uint64_t next = from->sequence() + 1; bytes < kPendingBytes; ++next) {
    const std::string path = deltaFile(folder_, next);
    Expected<Delta> delta = readDelta(path);
    if (!delta && delta.error().code == ErrorCode::NoFile) {
      const std::vector<uint64_t> there = deltaSequences(folder_);
      if (there.empty() || there.back() <= next || !pending.empty()) break;
      // It came between the two looks: the next refresh has it.
      if (std::ranges::binary_search(there, next)) break;
      return Error(fmt::format("{} is missing, and {} is there: bring the missing delta, or publish a new epoch", path,
                               deltaFile(folder_, there.back())),
                   ErrorCode::BadModel, path);
    }
    std::string problem = delta ? misfit(*delta, from->manifest(), next) : std::string();
    // Those before it are applied first.
    if ((!delta || !problem.empty()) && !pending.empty()) break;
    if (!delta) return delta.error();
    if (!problem.empty()) return Error(fmt::format("cannot use {}: {}", path, problem), ErrorCode::BadModel, path);
    bytes += delta->bytes.size();
    pending.push_back(*std::move(delta));
  }
  return pending.empty() ? from : applied(*from, pending);
}

Expected<uint64_t> EmbeddingEpoch::refresh() {
  const std::lock_guard refreshing(refreshing_);
  const uint64_t before = snapshot()->sequence();
  Error problem;
  while (true) {
    const Snapshot from = snapshot();
    Expected<Snapshot> next = withDeltas(from);
    if (!next) {
      problem = std::move(next).error();
      // A compaction may have made the deltas that are missing part of the tables.
      Expected<EpochManifest> manifest = readManifest(folder_);
      if (!manifest || manifest->origin != from->manifest().origin || manifest->sequence <= from->sequence()) break;
      problem = {};
      next = openTables();
      if (!next) problem = next.error();
      if (!next) break;
    }
    if (*next == from) break;
    publish(*std::move(next));
  }
  {
    const std::lock_guard lock(mutex_);
    deltaProblem_ = problem;
  }
  if (problem) return problem;
  return snapshot()->sequence() - before;
}

std::shared_ptr<const EmbeddingSnapshot> EmbeddingEpoch::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

Error EmbeddingEpoch::deltaProblem() const {
  const std::lock_guard lock(mutex_);
  return deltaProblem_;
}

void EmbeddingEpoch::publish(Snapshot snapshot) {
  const std::lock_guard lock(mutex_);
  snapshot_.swap(snapshot);
}

}  // namespace featc
