// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/epoch_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "server/embeddings/build/table_writer.h"
#include "server/embeddings/epoch.h"
#include "server/embeddings/new_file.h"
#include "server/embeddings/overlay.h"

namespace featc {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTableSuffix = ".table";

// Removes unfinished files, and tables that no manifest names.
void removeLeftOvers(const std::string& folder, const std::set<std::string>& named) {
  std::error_code error;
  std::vector<fs::path> left;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (isUnfinishedFile(name) || (name.ends_with(kTableSuffix) && !named.contains(name)))
      left.push_back(entry->path());
  }
  for (const fs::path& path : left) fs::remove(path, error);
}

std::set<std::string> namedFiles(const EpochManifest& manifest) {
  std::set<std::string> out;
  for (const ManifestTable& table : manifest.tables) out.insert(table.file);
  return out;
}

Error writeManifest(const std::string& folder, const EpochManifest& manifest) {
  const std::string text = manifestText(manifest);
  // What no reader would take is not written.
  const std::string path = fmt::format("{}/{}", folder, kManifestFile);
  if (Expected<EpochManifest> read = parseManifest(text, path); !read) return read.error();
  Expected<std::unique_ptr<NewFile>> file = NewFile::create(path);
  if (!file) return file.error();
  (*file)->write(text);
  return (*file)->finish();
}

// The table's rows, where an overlay changed them, in the order of their hashes.
Expected<BuiltTable> writeMerged(const TableLookup& lookup, const std::string& path, const std::string& folder) {
  const EmbeddingTable& table = lookup.table();
  const std::vector<RowChange> changes = lookup.overlay()->changes();
  Expected<std::unique_ptr<TableWriter>> writer =
      TableWriter::create(path, table.dim(), table.type(), table.rows() + changes.size(), folder);
  if (!writer) return writer.error();
  auto change = changes.begin();
  auto takeChange = [&] {
    if (change->row != nullptr) (*writer)->add(change->id, tableHash(change->id), change->row);
    ++change;
  };
  uint64_t before = 0;
  for (uint64_t b = 0; b < table.header().buckets; ++b) {
    const TableBucket& bucket = table.index().buckets[b];
    for (uint32_t i = 0; i < bucket.count(); ++i) {
      const uint64_t hash = tableHash(bucket.ids[i]);
      if (hash < before)
        return Error(fmt::format("cannot write {}: the ids of the old table are not in order", path),
                     ErrorCode::BadModel, path);
      before = hash;
      while (change != changes.end() && tableHash(change->id) < hash) takeChange();
      if (change != changes.end() && change->id == bucket.ids[i])
        takeChange();
      else
        (*writer)->add(bucket.ids[i], hash, table.index().rows + (bucket.firstRow() + i) * table.index().rowBytes);
    }
  }
  while (change != changes.end()) takeChange();
  return (*writer)->finish();
}

}  // namespace

Expected<EpochLock> EpochLock::take(const std::string& folder) {
  const int handle = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0)
    return Error(fmt::format("cannot open the folder {}: {}", folder, std::strerror(errno)), ErrorCode::NoFile, folder);
  if (flock(handle, LOCK_EX | LOCK_NB) == 0) return EpochLock(handle);
  close(handle);
  return Error(fmt::format("another process is writing in {}: wait until it has ended", folder), ErrorCode::Failed,
               folder);
}

EpochLock::~EpochLock() {
  if (folder_ >= 0) close(folder_);
}

Expected<EpochLock> beginEpoch(const std::string& folder) {
  if (Error failed = makeFolder(folder)) return failed;
  Expected<EpochLock> lock = EpochLock::take(folder);
  if (!lock) return lock.error();
  if (access(fmt::format("{}/{}", folder, kManifestFile).c_str(), F_OK) == 0)
    return Error(fmt::format("{} has an epoch already, and an epoch does not change: build into another folder, or "
                             "append a delta",
                             folder),
                 ErrorCode::BadArgument, folder);
  removeLeftOvers(folder, {});
  return lock;
}

Error publishEpoch(const std::string& folder, EpochManifest& manifest) {
  std::string tables = manifest.epoch;
  for (const ManifestTable& table : manifest.tables) tables += fmt::format("\n{} {:016x}", table.name, table.checksum);
  manifest.origin = XXH3_64bits(tables.data(), tables.size());
  manifest.sequence = 0;
  return writeManifest(folder, manifest);
}

Expected<uint64_t> appendDelta(const std::string& folder, std::vector<DeltaTable> tables) {
  Expected<EpochLock> lock = EpochLock::take(folder);
  if (!lock) return lock.error();
  Expected<EpochManifest> manifest = readManifest(folder);
  if (!manifest) return manifest.error();
  const std::vector<uint64_t> there = deltaSequences(folder);
  Delta delta;
  delta.epoch = manifest->epoch;
  delta.origin = manifest->origin;
  delta.sequence = std::max(manifest->sequence, there.empty() ? 0 : there.back()) + 1;
  delta.tables = std::move(tables);
  if (Error failed = writeDelta(folder, delta)) return failed;
  return delta.sequence;
}

Expected<Compaction> compactEpoch(const std::string& folder, bool removeDeltas) {
  Expected<EpochLock> lock = EpochLock::take(folder);
  if (!lock) return lock.error();
  Expected<std::shared_ptr<EmbeddingEpoch>> epoch = EmbeddingEpoch::open(folder, {.copy = false});
  if (!epoch) return epoch.error();
  if (Error problem = (*epoch)->deltaProblem()) return problem;
  const std::shared_ptr<const EmbeddingSnapshot> snapshot = (*epoch)->snapshot();
  EpochManifest manifest = snapshot->manifest();
  Compaction done{.sequence = snapshot->sequence(), .deltas = snapshot->sequence() - manifest.sequence};
  if (done.deltas > 0) {
    for (size_t i = 0; i < snapshot->size(); ++i) {
      if (snapshot->table(i).overlay() == nullptr) continue;
      ManifestTable& table = manifest.tables[i];
      table.file = fmt::format("{}.{:08}{}", table.name, done.sequence, kTableSuffix);
      Expected<BuiltTable> built = writeMerged(snapshot->table(i), folder + "/" + table.file, folder);
      if (!built) return built.error();
      table.rows = built->rows;
      table.checksum = built->checksum;
      done.tables.push_back(table.name);
    }
    manifest.sequence = done.sequence;
    if (Error failed = writeManifest(folder, manifest)) return failed;
  }
  // Whoever has them open keeps them.
  removeLeftOvers(folder, namedFiles(manifest));
  std::error_code ignored;
  for (uint64_t sequence : removeDeltas ? deltaSequences(folder) : std::vector<uint64_t>())
    if (sequence <= manifest.sequence) fs::remove(deltaFile(folder, sequence), ignored);
  return done;
}

}  // namespace featc
