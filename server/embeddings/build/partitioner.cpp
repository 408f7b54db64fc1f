// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/partitioner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "server/embeddings/table_layout.h"

namespace featc {

namespace {

// Hashes have so many times eight bits.
constexpr uint32_t kMaxDepth = 8;

uint64_t idOf(const std::byte* record) {
  uint64_t id;
  std::memcpy(&id, record, sizeof id);
  return id;
}

}  // namespace

Partitioner::Partitioner(size_t recordBytes, uint64_t memory, std::string temporaryFolder, uint32_t depth)
    : recordBytes_(recordBytes),
      memory_(memory),
      folder_(std::move(temporaryFolder)),
      depth_(depth),
      parts_(kParts),
      record_(recordBytes) {}

Error Partitioner::add(uint64_t id, uint64_t place, const std::byte* payload) {
  std::memcpy(record_.data(), &id, sizeof id);
  std::memcpy(record_.data() + sizeof id, &place, sizeof place);
  std::memcpy(record_.data() + kHeadBytes, payload, recordBytes_ - kHeadBytes);
  return addRecord(tableHash(id), record_);
}

Error Partitioner::addRecord(uint64_t hash, std::span<const std::byte> record) {
  Part& part = parts_[hash >> (56 - 8 * depth_) & 0xFFU];
  // Vectors may have twice the room that they need.
  if (held_ + recordBytes_ > memory_ / 4) {
    if (Error failed = spill()) return failed;
  }
  part.memory.insert(part.memory.end(), record.begin(), record.end());
  part.bytes += recordBytes_;
  held_ += recordBytes_;
  ++count_;
  return {};
}

Error Partitioner::spill() {
  if (file_ == nullptr) {
    Expected<std::unique_ptr<TemporaryFile>> file = TemporaryFile::create(folder_);
    if (!file) return file.error();
    file_ = *std::move(file);
  }
  for (Part& part : parts_) {
    if (part.memory.empty()) continue;
    part.chunks.push_back({file_->size(), part.memory.size()});
    if (Error failed = file_->append(part.memory)) return failed;
    part.memory = {};
  }
  held_ = 0;
  return {};
}

Error Partitioner::eachPiece(const Part& part, const std::function<Error(std::span<const std::byte>)>& take) const {
  std::vector<std::byte> piece;
  const size_t most = std::max<size_t>(1, (size_t{1} << 20U) / recordBytes_) * recordBytes_;
  for (const Chunk& chunk : part.chunks) {
    for (size_t at = 0; at < chunk.bytes; at += piece.size()) {
      piece.resize(std::min(most, chunk.bytes - at));
      if (Error failed = file_->read(chunk.at + at, piece)) return failed;
      if (Error failed = take(piece)) return failed;
    }
  }
  return part.memory.empty() ? Error() : take(part.memory);
}

Error Partitioner::eachSorted(const std::function<Error(const Record&)>& take) {
  const uint64_t most = memory_ / 2 / (recordBytes_ + sizeof(Record)) * recordBytes_;
  for (Part& part : parts_) {
    if (part.bytes == 0) continue;
    Error failed = part.bytes <= std::max<uint64_t>(most, recordBytes_) ? sortPart(part, take) : splitPart(part, take);
    if (failed) return failed;
    part = {};
  }
  count_ = 0;
  file_.reset();
  return {};
}

Error Partitioner::sortPart(Part& part, const std::function<Error(const Record&)>& take) {
  std::vector<std::byte> bytes;
  if (part.chunks.empty()) {
    bytes = std::move(part.memory);
  } else {
    bytes.reserve(part.bytes);
    Error failed = eachPiece(part, [&](std::span<const std::byte> piece) -> Error {
      bytes.insert(bytes.end(), piece.begin(), piece.end());
      return {};
    });
    if (failed) return failed;
  }
  std::vector<Record> records;
  records.reserve(bytes.size() / recordBytes_);
  for (size_t at = 0; at < bytes.size(); at += recordBytes_) {
    const std::byte* record = bytes.data() + at;
    uint64_t place;
    std::memcpy(&place, record + sizeof(uint64_t), sizeof place);
    records.push_back({tableHash(idOf(record)), place, idOf(record), record + kHeadBytes});
  }
  std::ranges::sort(
      records, [](const Record& a, const Record& b) { return a.hash != b.hash ? a.hash < b.hash : a.place < b.place; });
  for (const Record& record : records)
    if (Error failed = take(record)) return failed;
  return {};
}

Error Partitioner::splitPart(Part& part, const std::function<Error(const Record&)>& take) {
  // Equal hashes are equal ids.
  if (depth_ + 1 == kMaxDepth) {
    uint64_t id = 0;
    (void)eachPiece(part, [&](std::span<const std::byte> piece) -> Error {
      id = idOf(piece.data());
      return {};
    });
    return {fmt::format("id {} has {} rows, which do not fit into memory", id, part.bytes / recordBytes_),
            ErrorCode::BadArgument};
  }
  // The parts behind this one make room.
  if (Error failed = spill()) return failed;
  Partitioner finer(recordBytes_, memory_, folder_, depth_ + 1);
  Error failed = eachPiece(part, [&](std::span<const std::byte> piece) -> Error {
    for (size_t at = 0; at < piece.size(); at += recordBytes_) {
      const std::span<const std::byte> record = piece.subspan(at, recordBytes_);
      if (Error full = finer.addRecord(tableHash(idOf(record.data())), record)) return full;
    }
    return {};
  });
  return failed ? failed : finer.eachSorted(take);
}

}  // namespace featc
