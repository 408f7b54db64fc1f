// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/publish.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <numeric>
#include <optional>
#include <vector>

#include "server/embeddings/delta.h"
#include "server/embeddings/overlay.h"
#include "server/embeddings/store_rows.h"

namespace featc {

namespace {

constexpr std::chrono::seconds kHeadTimeout{30};

struct Head {
  std::string origin;
  uint64_t sequence = 0;
};

std::string originText(const EpochManifest& manifest) { return fmt::format("{:016x}", manifest.origin); }

// Nothing where the store does not have the epoch.
Expected<std::optional<Head>> readHead(Store& store, const std::string& epoch) {
  const std::string key = embeddingHeadKey(epoch);
  std::vector<uint32_t> fields(embeddingHead().fields.size());
  std::iota(fields.begin(), fields.end(), 0);
  std::promise<FetchResult> promise;
  std::future<FetchResult> future = promise.get_future();
  store.ask({&embeddingHead(), {&key, 1}, fields, std::chrono::steady_clock::now() + kHeadTimeout},
            [&](FetchResult result) { promise.set_value(std::move(result)); });
  const FetchResult result = future.get();
  if (result.status.size() != 1 || result.status[0] == KeyStatus::Failed || result.status[0] == KeyStatus::TimedOut)
    return Error("the store does not answer", ErrorCode::BadStore);
  if (result.status[0] == KeyStatus::Absent) return std::optional<Head>();
  const Value origin = loadCell(result.columns[1], embeddingHead().fields[1].type, 0);
  const Value sequence = loadCell(result.columns[2], embeddingHead().fields[2].type, 0);
  if (origin.isMissing() || sequence.isMissing() || sequence.asInt() < 0)
    return Error(fmt::format("the store has something else under the key {}", key), ErrorCode::BadStore);
  return std::optional<Head>({std::string(origin.asString()), static_cast<uint64_t>(sequence.asInt())});
}

class Publishing {
 public:
  Publishing(const EmbeddingEpoch& epoch, StoreWriter& writer)
      : folder_(epoch.folder()), snapshot_(epoch.snapshot()), writer_(writer) {}

  const EpochManifest& manifest() const { return snapshot_->manifest(); }

  Expected<Published> all() {
    Published done;
    for (size_t i = 0; i < snapshot_->size(); ++i)
      if (!writeTable(i, done)) return failure();
    return writeHead(snapshot_->sequence(), done) ? Expected<Published>(done) : failure();
  }

  Expected<Published> deltasBehind(uint64_t sequence) {
    Published done{.sequence = sequence};
    while (done.sequence < snapshot_->sequence()) {
      const uint64_t next = done.sequence + 1;
      Expected<Delta> delta = readDelta(deltaFile(folder_, next));
      if (!delta && delta.error().code == ErrorCode::NoFile)
        return Error(
            fmt::format("the store has the deltas up to {}, but {} is missing: write all rows again with --all",
                        done.sequence, deltaFile(folder_, next)),
            ErrorCode::BadArgument, folder_);
      if (!delta) return delta.error();
      for (const DeltaTable& table : delta->tables) {
        for (const RowChange& change : table.changes) {
          if (!writeRow(table.name, change.id, change.row, rowBytes(table.type, table.dim))) return failure();
          ++(change.row == nullptr ? done.deleted : done.rows);
        }
      }
      if (!writeHead(next, done)) return failure();
    }
    return done;
  }

 private:
  Error failure() const { return {writer_.error(), ErrorCode::BadStore}; }

  bool writeRow(const std::string& table, uint64_t id, const std::byte* row, size_t bytes) {
    const std::array values = {row == nullptr ? Value()
                                              : Value::of(std::string(reinterpret_cast<const char*>(row), bytes))};
    return writer_.write(embeddingRows(), embeddingRowKey(manifest().epoch, table, id), values);
  }

  bool writeTable(size_t i, Published& done) {
    const TableLookup& lookup = snapshot_->table(i);
    const EmbeddingTable& table = lookup.table();
    const std::string& name = manifest().tables[i].name;
    const size_t bytes = table.index().rowBytes;
    const std::vector<RowChange> changes =
        lookup.overlay() == nullptr ? std::vector<RowChange>() : lookup.overlay()->changes();
    std::vector<uint64_t> changed;
    for (const RowChange& change : changes) changed.push_back(change.id);
    std::ranges::sort(changed);
    for (uint64_t b = 0; b < table.header().buckets; ++b) {
      const TableBucket& bucket = table.index().buckets[b];
      for (uint32_t k = 0; k < bucket.count(); ++k) {
        if (std::ranges::binary_search(changed, bucket.ids[k])) continue;
        if (!writeRow(name, bucket.ids[k], table.index().rows + (bucket.firstRow() + k) * bytes, bytes)) return false;
        ++done.rows;
      }
    }
    for (const RowChange& change : changes) {
      if (!writeRow(name, change.id, change.row, bytes)) return false;
      ++(change.row == nullptr ? done.deleted : done.rows);
    }
    return true;
  }

  // Behind all rows that were written until now.
  bool writeHead(uint64_t sequence, Published& done) {
    if (!writer_.flush()) return false;
    const std::array values = {Value::of(manifestText(manifest())), Value::of(originText(manifest())),
                               Value::of(static_cast<int64_t>(sequence))};
    done.sequence = sequence;
    return writer_.write(embeddingHead(), embeddingHeadKey(manifest().epoch), values) && writer_.flush();
  }

  std::string folder_;
  std::shared_ptr<const EmbeddingSnapshot> snapshot_;
  StoreWriter& writer_;
};

}  // namespace

Expected<Published> publishToStore(const EmbeddingEpoch& epoch, Store& store, StoreWriter& writer, bool all) {
  Publishing publishing(epoch, writer);
  const EpochManifest& manifest = publishing.manifest();
  Expected<std::optional<Head>> head = readHead(store, manifest.epoch);
  if (!head) return head.error();
  if (!*head) return publishing.all();
  if ((*head)->origin != originText(manifest))
    return Error(fmt::format("the store has other tables of an epoch \"{}\": build this one under another name "
                             "(--epoch)",
                             manifest.epoch),
                 ErrorCode::BadArgument, epoch.folder());
  return all ? publishing.all() : publishing.deltasBehind((*head)->sequence);
}

}  // namespace featc
