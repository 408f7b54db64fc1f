// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/table_writer.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "server/embeddings/bucket_filler.h"
#include "server/embeddings/build/temporary_file.h"
#include "server/embeddings/new_file.h"
#include "server/embeddings/table_layout.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace featc {

namespace {

class FileWriter final : public TableWriter {
 public:
  FileWriter(std::unique_ptr<NewFile> file, std::unique_ptr<TemporaryFile> buckets, uint32_t dim, RowType type,
             uint64_t homes)
      : file_(std::move(file)),
        buckets_(std::move(buckets)),
        type_(type),
        filler_(homes, [this](const TableBucket& bucket) { addBucket(bucket); }),
        row_(dim),
        sum_(dim) {
    std::memcpy(header_.magic, kTableMagic, sizeof kTableMagic);
    header_.version = kTableVersion;
    header_.type = static_cast<uint32_t>(type);
    header_.dim = dim;
    header_.homes = homes;
    file_->zeros(kTablePage);
    XXH3_64bits_reset(&rowsSum_);
    XXH3_64bits_reset(&bucketsSum_);
  }

  void add(uint64_t id, uint64_t hash, const std::byte* row) override {
    const size_t bytes = rowBytes(type_, header_.dim);
    filler_.add(id, hash);
    file_->write({row, bytes});
    XXH3_64bits_update(&rowsSum_, row, bytes);
    decodeRow(type_, row, header_.dim, row_.data());
    for (size_t i = 0; i < sum_.size(); ++i) sum_[i] += row_[i];
    ++header_.rows;
  }

  Expected<BuiltTable> finish() override {
    header_.buckets = filler_.finish();
    flushBuckets();
    if (problem_) return problem_;
    file_->zeros(bucketsBegin(header_) - file_->size());
    std::vector<std::byte> piece;
    for (uint64_t at = 0; at < buckets_->size(); at += piece.size()) {
      piece.resize(std::min<uint64_t>(kPiece, buckets_->size() - at));
      if (Error failed = buckets_->read(at, piece)) return failed;
      file_->write(piece);
    }
    header_.fileBytes = file_->size();
    header_.rowsSum = XXH3_64bits_digest(&rowsSum_);
    header_.bucketsSum = XXH3_64bits_digest(&bucketsSum_);
    header_.headerSum = XXH3_64bits(&header_, offsetof(TableHeader, headerSum));
    file_->overwrite(0, std::as_bytes(std::span(&header_, 1)));
    if (Error failed = file_->finish()) return failed;
    BuiltTable built{header_.dim, header_.rows, header_.headerSum, header_.fileBytes, 0};
    for (double sum : sum_)
      built.mean.push_back(header_.rows == 0 ? 0.0F : static_cast<float>(sum / static_cast<double>(header_.rows)));
    return built;
  }

 private:
  static constexpr size_t kPiece = size_t{1} << 20U;

  void addBucket(const TableBucket& bucket) {
    XXH3_64bits_update(&bucketsSum_, &bucket, sizeof bucket);
    const auto bytes = std::as_bytes(std::span(&bucket, 1));
    pending_.insert(pending_.end(), bytes.begin(), bytes.end());
    if (pending_.size() >= kPiece) flushBuckets();
  }
  void flushBuckets() {
    Error failed = buckets_->append(pending_);
    if (!problem_) problem_ = std::move(failed);
    pending_.clear();
  }

  std::unique_ptr<NewFile> file_;
  std::unique_ptr<TemporaryFile> buckets_;
  RowType type_;
  TableHeader header_{};
  BucketFiller filler_;
  XXH3_state_t rowsSum_;
  XXH3_state_t bucketsSum_;
  std::vector<float> row_;
  std::vector<double> sum_;
  std::vector<std::byte> pending_;
  Error problem_;
};

}  // namespace

Expected<std::unique_ptr<TableWriter>> TableWriter::create(const std::string& path, uint32_t dim, RowType type,
                                                           uint64_t rows, const std::string& temporaryFolder) {
  Expected<std::unique_ptr<NewFile>> file = NewFile::create(path);
  if (!file) return file.error();
  Expected<std::unique_ptr<TemporaryFile>> buckets = TemporaryFile::create(temporaryFolder);
  if (!buckets) return buckets.error();
  return std::unique_ptr<TableWriter>(
      std::make_unique<FileWriter>(*std::move(file), *std::move(buckets), dim, type, BucketFiller::homesFor(rows)));
}

}  // namespace featc
