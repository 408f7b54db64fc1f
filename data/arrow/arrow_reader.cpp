// SPDX-License-Identifier: Apache-2.0
// Record batches as pieces: rows that all are good stay where they lie, others go value by value into a batch that is
// being built, without the bad ones.
#include "data/arrow/arrow_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "data/arrow/arrow_batch.h"

namespace featc {
namespace {

template <class T>
T load(const void* buffer, int64_t at) {
  T value;
  std::memcpy(&value, static_cast<const char*>(buffer) + at * int64_t{sizeof(T)}, sizeof value);
  return value;
}

// Appends value `row` of a column; false when its offsets are wrong.
bool append(const ColumnData& column, int64_t row, ColumnBuffer& out) {
  const int64_t at = column.offset + row;
  if (!isPresent(column, row)) {
    out.appendMissing();
    return true;
  }
  const Type type = out.type();
  switch (type.kind()) {
    case Kind::Bool:
      out.appendBool(bitAt(static_cast<const uint8_t*>(column.values), static_cast<uint64_t>(at)));
      return true;
    case Kind::Int64: out.appendInt64(load<int64_t>(column.values, at)); return true;
    case Kind::Float64: out.appendFloat64(load<double>(column.values, at)); return true;
    default: break;
  }
  if (column.offsets == nullptr) return false;
  const int64_t begin = offsetAt(column, at);
  const int64_t end = offsetAt(column, at + 1);
  if (begin < 0 || end < begin) return false;
  if (type.is(Kind::String)) {
    if (column.values == nullptr && begin != end) return false;
    out.appendString(begin == end ? std::string_view()
                                  : std::string_view(static_cast<const char*>(column.values) + begin,
                                                     static_cast<size_t>(end - begin)));
    return true;
  }
  ColumnBuffer* children[2] = {type.isMap() ? &out.keys() : &out.elements(), type.isMap() ? &out.values() : nullptr};
  for (int c = 0; c < 2 && children[c] != nullptr; ++c) {
    const ColumnData& child = *column.children[c];
    if (end > child.length) return false;
    for (int64_t i = begin; i < end; ++i)
      if (!append(child, i, *children[c])) return false;
  }
  out.closeNested();
  return true;
}

// From so many items a piece on, threads read pieces themselves; a piece of fewer is cut out of what was read.
constexpr int64_t kLeastPieceItems = 1024;
// A piece ends where a batch does, if it has at least such a part of what it may have.
constexpr int64_t kWorthAPiece = 4;

// What is read of a batch, and as which requests and items of the whole input.
struct Range {
  std::shared_ptr<const ArrowBatch> batch;
  int64_t begin = 0;  // requests
  int64_t end = 0;
  uint64_t firstRequest = 0;
  uint64_t firstItem = 0;
};

// Requests of a batch as a call reads them, where they lie.
class SliceColumns final : public PieceColumns {
 public:
  void set(const Range& range) { range_ = range; }
  Batch batch() override { return range_.batch->slice(range_.begin, range_.end - range_.begin, slice_); }

 private:
  Range range_;
  ArrowSlice slice_;
};

std::string readError(ArrowArrayStream* stream) {
  const char* text = stream->get_last_error(stream);
  return fmt::format("reading failed: {}", text == nullptr ? "no reason given" : text);
}

class RangeParser final : public PieceParser {
 public:
  RangeParser(const ProgramInfo& info, const std::vector<bool>& used, std::string file, bool strict,
              const ArrowBinding& binding, const ArrowPieces& pieces, bool mayLie)
      : info_(info),
        used_(used),
        file_(std::move(file)),
        strict_(strict),
        binding_(binding),
        pieces_(pieces),
        isNested_(binding.isNested()),
        mayLie_(mayLie) {}

  // What the next piece is made of: these, or a piece that is still to be read, whose number it is.
  std::vector<Range> ranges;
  int64_t unread = kRead;
  static constexpr int64_t kRead = -1;

  // Rows that all are good stay where they lie; any others are copied, to leave out the bad ones.
  void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) override {
    if (unread != kRead) read(std::exchange(unread, kRead), piece);
    if (!mayLie_ || ranges.size() != 1 || !ranges[0].batch->isGood(ranges[0].begin, ranges[0].end))
      return build(piece, builder, rows);
    const Range& range = ranges[0];
    uint64_t item = range.firstItem;
    for (int64_t r = range.begin; r < range.end; ++r) {
      const uint64_t request = range.firstRequest + static_cast<uint64_t>(r - range.begin);
      const auto items = static_cast<uint64_t>(range.batch->itemOffset(r + 1) - range.batch->itemOffset(r));
      for (uint64_t i = 0; i < items; ++i) rows.push_back({item++, request, i, request + 1});
    }
    // What was handed out may be kept by someone.
    if (columns_ == nullptr || columns_.use_count() > 1) columns_ = std::make_shared<SliceColumns>();
    columns_->set(range);
    piece.columns = columns_;
    ranges.clear();
  }

  void build(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) {
    for (const Range& range : ranges) {
      uint64_t request = range.firstRequest;
      uint64_t item = range.firstItem;
      for (int64_t r = range.begin; r < range.end && !piece.stops; ++r) {
        const auto items = static_cast<uint64_t>(range.batch->itemOffset(r + 1) - range.batch->itemOffset(r));
        readRequest(*range.batch, r, request, item, items, piece, builder, rows);
        ++request;
        item += items;
      }
    }
    ranges.clear();
  }

 private:
  // A piece that cannot be read has no rows, and is the last one.
  void read(int64_t number, ReadPiece& piece) {
    ArrowOwner<ArrowArrayStream> stream;
    auto row = static_cast<uint64_t>(number * pieces_.pieceRows);
    std::string problem = pieces_.read(number, stream.get());
    if (!problem.empty()) problem = "reading failed: " + problem;
    while (problem.empty()) {
      ArrowOwner<ArrowArray> array;
      if (stream->get_next(stream.get(), array.get()) != 0) {
        problem = readError(stream.get());
        break;
      }
      if (array.isReleased()) return;
      auto batch = std::make_shared<const ArrowBatch>(binding_, std::move(array));
      problem = batch->error();
      for (DataNote& note : batch->notes(row)) piece.notes.push_back(std::move(note));
      if (!problem.empty() || batch->requests() == 0) continue;
      ranges.push_back({batch, 0, batch->requests(), row, row});
      row += static_cast<uint64_t>(batch->requests());
    }
    ranges.clear();
    piece.stops = true;
    piece.messages.push_back({true, file_, row, std::move(problem)});
  }

  void bad(ReadPiece& piece, uint64_t request, std::string text) const {
    piece.stops = strict_;
    piece.messages.push_back({true, file_, request + 1, std::move(text)});
  }

  // Gives the open row the values that row `row` of the columns has; else says what is wrong.
  std::string readFields(const ArrowBatch& batch, BatchBuilder& builder, Scope scope, int64_t row) const {
    for (size_t i = 0; i < info_.inputs.size(); ++i) {
      const ColumnData& column = batch.columns()[i];
      if (info_.inputs[i].scope != scope || column.absent) continue;
      if (!isPresent(column, row) && !info_.inputs[i].type.nullable())
        return fmt::format("{} is missing", info_.inputs[i].name);
      if (!used_.empty() && !used_[i]) continue;
      if (batch.isBad(i, row))
        return fmt::format("{}: expected {}, found a float that is not whole or too large to be exact",
                           info_.inputs[i].name, toString(info_.inputs[i].type.present()));
      ColumnBuffer& cell = builder.cell(i);
      const size_t before = cell.size();
      if (append(column, row, cell)) continue;
      cell.truncate(before);
      return fmt::format("{}: its offsets are wrong", info_.inputs[i].name);
    }
    return {};
  }

  void readRequest(const ArrowBatch& batch, int64_t row, uint64_t request, uint64_t firstItem, uint64_t items,
                   ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) const {
    (void)builder.beginRequest();
    if (std::string problem = readFields(batch, builder, Scope::Request, row); !problem.empty()) {
      builder.dropRequest();
      ++piece.counts.badRequests;
      piece.counts.lostItems += items;
      return bad(piece, request, std::move(problem));
    }
    const int64_t begin = batch.itemOffset(row);
    for (uint64_t item = 0; item < items && !piece.stops; ++item) {
      (void)builder.beginItem();
      std::string problem = readFields(batch, builder, Scope::Item, begin + static_cast<int64_t>(item));
      if (problem.empty()) problem = builder.endItem().message;
      if (problem.empty()) {
        rows.push_back({firstItem + item, request, item, request + 1});
        continue;
      }
      if (builder.inItem()) builder.dropItem();
      ++piece.counts.badItems;
      bad(piece, request, isNested_ ? fmt::format("item {}: {}", item, problem) : problem);
    }
    (void)builder.endRequest();
  }

  const ProgramInfo& info_;
  const std::vector<bool>& used_;  // by field; empty: all are
  const std::string file_;
  const bool strict_;
  const ArrowBinding& binding_;
  const ArrowPieces& pieces_;
  const bool isNested_;
  const bool mayLie_;  // rows may stay where they lie
  std::shared_ptr<SliceColumns> columns_;
};

class ArrowReader final : public RecordReader {
 public:
  ArrowReader(const ProgramInfo& info, ArrowInput in, std::string file, bool strict, DataSink sink)
      : RecordReader(std::move(file), strict, std::move(sink), info.inputs), info_(info), in_(std::move(in)) {}

  // Reads on where all rows of a piece are bad.
  ReadStatus next(BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) override {
    isSplit_ = true;
    for (;;) {
      ReadStatus status = take(own_, builder, rows, maxItems);
      if (status != ReadStatus::Batch) return status;
      static_cast<RangeParser&>(*own_.parser).build(own_, builder, rows);
      stopped_ = !settle(own_) || stopped_;
      if (builder.requests() > 0 || stopped_) return this->status(builder);
    }
  }

  ReadStatus take(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) override {
    builder.clear();
    rows.clear();
    piece.clear();
    if (binding_ == nullptr && !stopped_) bind();
    if (stopped_) return ReadStatus::Failed;
    builder.useOnly(used_);
    if (piece.parser == nullptr)
      piece.parser = std::make_unique<RangeParser>(info_, used_, file_, strict_, *binding_, pieces_,
                                                   in_.isChecked && !binding_->needsBuilder());
    auto& parser = static_cast<RangeParser&>(*piece.parser);
    std::vector<Range>& ranges = parser.ranges;
    ranges.clear();
    if (maxItems >= kLeastPieceItems && !split()) return ReadStatus::Failed;
    if (pieces_.pieceRows > 0) return takeUnread(parser);
    // Until there are enough of both; settle() may be counting what is bad meanwhile.
    const uint64_t requests = counts_.requests + static_cast<uint64_t>(maxItems);
    const uint64_t items = counts_.items + static_cast<uint64_t>(maxItems);
    while (counts_.requests < requests && counts_.items < items) {
      if (batch_ != nullptr && request_ < batch_->requests())
        ranges.push_back(nextRange(requests - counts_.requests, items - counts_.items));
      // What is in one batch need not be copied.
      else if (ranges.size() == 1 && (ranges[0].end - ranges[0].begin) * kWorthAPiece >= maxItems)
        break;
      else if (!nextBatch())
        break;
    }
    if (!ranges.empty()) return ReadStatus::Batch;
    return stopped_ ? ReadStatus::Failed : ReadStatus::End;
  }

  void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) const override {
    piece.parser->parse(piece, builder, rows);
  }

  // Touches nothing that take() does.
  bool settle(ReadPiece& piece) override {
    for (const DataMessage& message : piece.messages) sink_(message);
    for (const DataNote& note : piece.notes) notes_.add(note);
    counts_.badRequests += piece.counts.badRequests;
    counts_.badItems += piece.counts.badItems;
    counts_.lostItems += piece.counts.lostItems;
    return !piece.stops;
  }

 private:
  void bind() {
    ArrowOwner<ArrowSchema> schema;
    if (in_.stream->get_schema(in_.stream.get(), schema.get()) != 0) return fail(0, inputError());
    binding_ = std::make_unique<ArrowBinding>(info_, *schema.get());
    for (const std::string& warning : binding_->warnings()) warn(warning);
    if (!binding_->error().empty()) return fail(0, binding_->error());
    binding_->useOnly(used_);
    if (used_.empty() || in_.choose == nullptr) return;
    std::vector<ArrowWanted> wanted = binding_->wanted();
    if (std::string problem = in_.choose(wanted); !problem.empty())
      return fail(0, fmt::format("reading failed: {}", problem));
    binding_->keep(wanted);
  }

  // Sees once whether the rows come in pieces that threads read themselves. Of nested items nobody knows how many come
  // before a piece.
  bool split() {
    if (isSplit_ || in_.split == nullptr || binding_->isNested()) return true;
    isSplit_ = true;
    if (std::string problem = in_.split(pieces_); !problem.empty()) fail(0, fmt::format("reading failed: {}", problem));
    return !stopped_;
  }

  ReadStatus takeUnread(RangeParser& parser) {
    const auto rows = static_cast<uint64_t>(pieces_.rows);
    if (counts_.requests >= rows) return ReadStatus::End;
    parser.unread = static_cast<int64_t>(counts_.requests) / pieces_.pieceRows;
    counts_.requests = counts_.items = std::min(rows, counts_.requests + static_cast<uint64_t>(pieces_.pieceRows));
    return ReadStatus::Batch;
  }

  // Requests of the open batch, at least one.
  Range nextRange(uint64_t maxRequests, uint64_t maxItems) {
    Range range{batch_, request_, request_, counts_.requests, counts_.items};
    const int64_t firstItem = batch_->itemOffset(request_);
    while (request_ < batch_->requests() && static_cast<uint64_t>(request_ - range.begin) < maxRequests &&
           static_cast<uint64_t>(batch_->itemOffset(request_) - firstItem) < maxItems)
      ++request_;
    range.end = request_;
    counts_.requests += static_cast<uint64_t>(range.end - range.begin);
    counts_.items += static_cast<uint64_t>(batch_->itemOffset(range.end) - firstItem);
    return range;
  }

  // False: the input has ended or cannot be read further.
  bool nextBatch() {
    ArrowOwner<ArrowArray> array;
    batch_ = nullptr;
    if (in_.stream->get_next(in_.stream.get(), array.get()) != 0) {
      fail(counts_.items, inputError());
      return false;
    }
    if (array.isReleased()) return false;
    batch_ = std::make_shared<ArrowBatch>(*binding_, std::move(array));
    request_ = 0;
    if (!batch_->error().empty()) fail(0, batch_->error());
    for (const DataNote& note : batch_->notes(counts_.requests)) notes_.add(note);
    return batch_->error().empty();
  }

  std::string inputError() { return readError(in_.stream.get()); }

  const ProgramInfo info_;
  ArrowInput in_;
  std::unique_ptr<ArrowBinding> binding_;
  ArrowPieces pieces_;
  bool isSplit_ = false;  // not to be asked any more
  std::shared_ptr<ArrowBatch> batch_;
  int64_t request_ = 0;  // the next one in the batch
  ReadPiece own_;        // of next()
};

}  // namespace

std::unique_ptr<RecordReader> newArrowReader(const ProgramInfo& info, ArrowInput in, std::string file, bool strict,
                                             DataSink sink) {
  return std::make_unique<ArrowReader>(info, std::move(in), std::move(file), strict, std::move(sink));
}

}  // namespace featc
