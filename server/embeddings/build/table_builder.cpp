// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/table_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "server/embeddings/bucket_filler.h"
#include "server/embeddings/new_file.h"
#include "server/embeddings/table_layout.h"

namespace featc {

namespace {

// A row's place: the number of its file and that of the row.
constexpr unsigned kRowBits = 40;

// Writes the rows of a table as they come, keeps its buckets for later.
class TableWriter {
 public:
  TableWriter(NewFile& file, TemporaryFile& buckets, uint32_t dim, RowType type, uint64_t homes)
      : file_(file),
        buckets_(buckets),
        type_(type),
        filler_(homes, [this](const TableBucket& bucket) { addBucket(bucket); }),
        row_(dim),
        sum_(dim) {
    std::memcpy(header_.magic, kTableMagic, sizeof kTableMagic);
    header_.version = kTableVersion;
    header_.type = static_cast<uint32_t>(type);
    header_.dim = dim;
    header_.homes = homes;
    file_.zeros(kTablePage);
    XXH3_64bits_reset(&rowsSum_);
    XXH3_64bits_reset(&bucketsSum_);
  }

  void add(uint64_t id, uint64_t hash, const std::byte* row) {
    const size_t bytes = rowBytes(type_, header_.dim);
    filler_.add(id, hash);
    file_.write({row, bytes});
    XXH3_64bits_update(&rowsSum_, row, bytes);
    decodeRow(type_, row, header_.dim, row_.data());
    for (size_t i = 0; i < sum_.size(); ++i) sum_[i] += row_[i];
    ++header_.rows;
  }

  Expected<BuiltTable> finish() {
    header_.buckets = filler_.finish();
    flushBuckets();
    if (problem_) return problem_;
    file_.zeros(bucketsBegin(header_) - file_.size());
    std::vector<std::byte> piece;
    for (uint64_t at = 0; at < buckets_.size(); at += piece.size()) {
      piece.resize(std::min<uint64_t>(kPiece, buckets_.size() - at));
      if (Error failed = buckets_.read(at, piece)) return failed;
      file_.write(piece);
    }
    header_.fileBytes = file_.size();
    header_.rowsSum = XXH3_64bits_digest(&rowsSum_);
    header_.bucketsSum = XXH3_64bits_digest(&bucketsSum_);
    header_.headerSum = XXH3_64bits(&header_, offsetof(TableHeader, headerSum));
    file_.overwrite(0, std::as_bytes(std::span(&header_, 1)));
    if (Error failed = file_.finish()) return failed;
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
    Error failed = buckets_.append(pending_);
    if (!problem_) problem_ = std::move(failed);
    pending_.clear();
  }

  NewFile& file_;
  TemporaryFile& buckets_;
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

std::string folderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, std::max<size_t>(slash, 1));
}

}  // namespace

Error TableBuilder::begin(uint32_t dim) {
  if (dim > kMaxDim)
    return {fmt::format("a vector may have {} numbers, and found {}", kMaxDim, dim), ErrorCode::BadArgument};
  dim_ = dim;
  row_.resize(rowBytes(options_.type, dim));
  rows_ =
      std::make_unique<Partitioner>(Partitioner::kHeadBytes + row_.size(), options_.memory, options_.temporaryFolder);
  return {};
}

Error TableBuilder::add(RowSource& source) {
  files_.push_back(source.file());
  RowBatch batch;
  while (true) {
    Expected<bool> more = source.next(batch);
    if (!more) return more.error();
    if (!*more) return {};
    if (Error bad = addBatch(source, batch)) return bad;
  }
}

Error TableBuilder::addBatch(const RowSource& source, const RowBatch& batch) {
  auto bad = [&](size_t i, const std::string& what) {
    return Error(fmt::format("{}: row {}: {}", source.file(), batch.firstRow + i, what), ErrorCode::BadArgument,
                 source.file());
  };
  for (size_t i = 0; i < batch.missing.size(); ++i)
    if (batch.missing[i] != 0)
      return bad(
          i, fmt::format("id {} has no vector; leave the row out, so that the id gets the default row", batch.ids[i]));
  if (batch.ids.empty()) return {};
  if (dim_ == 0) {
    if (Error failed = begin(source.dim())) return bad(0, failed.message);
    dimFrom_ = source.file();
  }
  if (source.dim() != dim_)
    return bad(0, fmt::format("vectors have {} numbers, and those of {} have {}", source.dim(), dimFrom_, dim_));
  for (size_t i = 0; i < batch.ids.size(); ++i) {
    const float* numbers = batch.numbers.data() + i * dim_;
    for (uint32_t k = 0; k < dim_; ++k) {
      if (!std::isfinite(numbers[k]))
        return bad(i, fmt::format("number {} of the vector of id {} is {}", k + 1, batch.ids[i], numbers[k]));
      if (options_.type == RowType::BFloat16 && !std::isfinite(fromBFloat16(toBFloat16(numbers[k]))))
        return bad(i, fmt::format("number {} of the vector of id {} is {}, which is beyond bfloat16", k + 1,
                                  batch.ids[i], numbers[k]));
    }
    encodeRow(options_.type, numbers, dim_, row_.data());
    const uint64_t place = uint64_t{files_.size() - 1} << kRowBits | (batch.firstRow + i);
    if (Error failed = rows_->add(batch.ids[i], place, row_.data())) return failed;
  }
  return {};
}

Error TableBuilder::addRow(uint64_t id, const std::byte* row, uint32_t dim) {
  if (dim_ == 0) {
    if (Error failed = begin(dim)) return failed;
  }
  return rows_->add(id, ++added_, row);
}

std::string TableBuilder::placeText(uint64_t place) const {
  const size_t file = place >> kRowBits;
  return fmt::format("row {} of {}", place & ((uint64_t{1} << kRowBits) - 1),
                     file < files_.size() ? files_[file] : "the table");
}

Expected<BuiltTable> TableBuilder::finish(const std::string& path) {
  if (rows_ == nullptr) {
    const std::string from = files_.empty() ? path : files_.front();
    return Error(fmt::format("{}: there are no rows, so that it is not known how many numbers one has", from),
                 ErrorCode::BadArgument, from);
  }
  const uint64_t count = rows_->size();
  if (count > kMaxTableRows)
    return Error(fmt::format("{} would have {} rows, and a table may have {}", path, count, kMaxTableRows),
                 ErrorCode::OverLimit, path);
  Expected<std::unique_ptr<NewFile>> file = NewFile::create(path);
  if (!file) return file.error();
  Expected<std::unique_ptr<TemporaryFile>> buckets = TemporaryFile::create(folderOf(path));
  if (!buckets) return buckets.error();
  TableWriter writer(**file, **buckets, dim_, options_.type, BucketFiller::homesFor(count));

  // The rows of an id come by place: each but the last has a later one.
  uint64_t replaced = 0;
  uint64_t idsRepeated = 0;
  Partitioner::Record repeat{};  // the one that comes first in the input, of those that repeat an id
  uint64_t repeatOf = 0;         // place
  std::optional<uint64_t> held;  // id whose row is in row_
  uint64_t heldHash = 0;
  uint64_t heldPlace = 0;
  bool isRepeated = false;
  Error failed = rows_->eachSorted([&](const Partitioner::Record& record) -> Error {
    if (held && heldHash == record.hash) {
      ++replaced;
      if (!isRepeated) ++idsRepeated;
      isRepeated = true;
      if (repeatOf == 0 || record.place < repeat.place) {
        repeat = record;
        repeatOf = heldPlace;
      }
    } else {
      if (held) writer.add(*held, heldHash, row_.data());
      isRepeated = false;
    }
    held = record.id;
    heldHash = record.hash;
    heldPlace = record.place;
    std::memcpy(row_.data(), record.payload, row_.size());
    return {};
  });
  rows_.reset();
  if (failed) return failed;
  if (held) writer.add(*held, heldHash, row_.data());
  if (replaced > 0 && options_.repeated == Repeated::Error)
    return Error(fmt::format("id {} has two rows: {} and {}; {} ids have several rows: leave one of each, or take the "
                             "last with --duplicates last",
                             repeat.id, placeText(repeatOf), placeText(repeat.place), idsRepeated),
                 ErrorCode::BadArgument, files_.empty() ? path : files_[0]);
  Expected<BuiltTable> built = writer.finish();
  if (built) built->replaced = replaced;
  return built;
}

}  // namespace featc
