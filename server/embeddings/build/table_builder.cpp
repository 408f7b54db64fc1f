// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/table_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "server/embeddings/bucket_filler.h"
#include "server/embeddings/build/table_writer.h"
#include "server/embeddings/table_layout.h"

namespace featc {

namespace {

// A row's place: the number of its file and that of the row.
constexpr unsigned kRowBits = 40;

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
  auto bad = [&](size_t i, const std::string& what) { return rowError(source, batch, i, what); };
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
    if (std::string problem = rowProblem(options_.type, batch.ids[i], {numbers, dim_}); !problem.empty())
      return bad(i, problem);
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
    return Error(fmt::format("{}: it has no rows, and a table needs at least one", from), ErrorCode::BadArgument, from);
  }
  const uint64_t count = rows_->size();
  if (count > kMaxTableRows)
    return Error(fmt::format("{} would have {} rows, and a table may have {}", path, count, kMaxTableRows),
                 ErrorCode::OverLimit, path);
  Expected<std::unique_ptr<TableWriter>> created =
      TableWriter::create(path, dim_, options_.type, count, options_.temporaryFolder);
  if (!created) return created.error();
  TableWriter& writer = **created;

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
