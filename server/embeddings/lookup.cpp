// SPDX-License-Identifier: Apache-2.0
// Blocks of ids go through three steps, each a step behind the one before, so that memory is waited for by all at once:
// hash and fetch the buckets; compare and fetch the rows; pool.
#include "server/embeddings/lookup.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "server/embeddings/overlay.h"
#include "server/embeddings/table_loops.h"

namespace featc {

namespace {

constexpr size_t kBlockIds = 64;
// Rows without ids are segments too.
constexpr size_t kBlockSegments = 128;

// Ids that become one row of the result or, as copies, a row each.
struct Piece {
  size_t begin = 0;
  size_t end = 0;
  float* out = nullptr;
  bool isCopies = false;
};

struct Block {
  size_t size = 0;
  size_t segmentCount = 0;
  const std::byte* rows[kBlockIds];
  uint64_t ids[kBlockIds];
  uint32_t homes[kBlockIds];
  uint32_t overlayHomes[kBlockIds];
  float weights[kBlockIds];
  PoolSegment segments[kBlockSegments];

  bool isFull() const { return size == kBlockIds || segmentCount == kBlockSegments; }
};

// By what the sum of a row's numbers is divided; 0: the result is zeros.
float divisorOf(const IdRows& rows, const Piece& piece, Combiner combiner) {
  if (combiner == Combiner::Sum) return 1;
  float sum = 0;
  for (size_t i = piece.begin; i < piece.end; ++i) {
    if (rows.ids[i] != 0) sum += rows.weights.empty() ? 1.0F : rows.weights[i];
  }
  return sum;
}

void fillZeros(PooledRows out, size_t begin, size_t end, uint32_t dim) {
  if (begin >= end) return;
  if (out.stride == dim) {
    std::fill_n(out.data + begin * dim, (end - begin) * dim, 0.0F);
    return;
  }
  for (size_t i = begin; i < end; ++i) std::fill_n(out.data + i * out.stride, dim, 0.0F);
}

Piece pieceOf(const IdRows& rows, size_t row, float* out) {
  if (rows.offsets.empty()) return {row, row + 1, out};
  return {static_cast<size_t>(rows.offsets[row]), static_cast<size_t>(rows.offsets[row + 1]), out};
}

// Each row is a piece; or all together one, of copies, where a row has one id and it does not matter what it weighs.
class RowPieces {
 public:
  RowPieces(const IdRows& rows, PooledRows out)
      : rows_(rows), out_(out), count_(rows.rows()), areCopies_(rows.offsets.empty() && rows.weights.empty()) {}
  bool next(Piece& piece) {
    if (row_ == count_) return false;
    piece = areCopies_ ? Piece{0, count_, out_.data, true} : pieceOf(rows_, row_, out_.data + row_ * out_.stride);
    row_ = areCopies_ ? count_ : row_ + 1;
    return true;
  }

 private:
  const IdRows& rows_;
  PooledRows out_;
  size_t count_;
  bool areCopies_;
  size_t row_ = 0;
};

// The first `length` elements of each row, each element an id: a row is a piece of copies. What lies behind the last
// is cleared.
class SequencePieces {
 public:
  SequencePieces(const IdRows& rows, size_t length, PooledRows out, uint32_t dim)
      : rows_(rows), length_(length), out_(out), dim_(dim), count_(rows.rows()) {}
  bool next(Piece& piece) {
    if (row_ == count_) return false;
    const size_t place = row_ * length_;
    piece = pieceOf(rows_, row_++, out_.data + place * out_.stride);
    piece.isCopies = true;
    piece.end = std::min(piece.end, piece.begin + length_);
    fillZeros(out_, place + piece.end - piece.begin, place + length_, dim_);
    return true;
  }

 private:
  const IdRows& rows_;
  size_t length_;
  PooledRows out_;
  uint32_t dim_;
  size_t count_;
  size_t row_ = 0;
};

// The same of elements that have several ids each: an element is a piece.
class ElementPieces {
 public:
  ElementPieces(const IdRows& elements, std::span<const int64_t> offsets, size_t length, PooledRows out, uint32_t dim)
      : elements_(elements), offsets_(offsets), length_(length), out_(out), dim_(dim) {}
  bool next(Piece& piece) {
    while (at_ == end_) {
      if (row_ + 1 >= offsets_.size()) return false;
      at_ = static_cast<size_t>(offsets_[row_]);
      end_ = std::min(static_cast<size_t>(offsets_[row_ + 1]), at_ + length_);
      place_ = row_ * length_;
      fillZeros(out_, place_ + end_ - at_, place_ + length_, dim_);
      ++row_;
    }
    piece = pieceOf(elements_, at_++, out_.data + place_++ * out_.stride);
    return true;
  }

 private:
  const IdRows& elements_;
  std::span<const int64_t> offsets_;
  size_t length_;
  PooledRows out_;
  uint32_t dim_;
  size_t row_ = 0;
  size_t at_ = 0;
  size_t end_ = 0;
  size_t place_ = 0;  // in the result
};

}  // namespace

// One call.
class TableLookup::Pipeline {
 public:
  Pipeline(const TableLookup& lookup, const IdRows& rows, size_t stride, LookupCounts& counts)
      : rows_(rows),
        combiner_(lookup.combiner_),
        stride_(stride),
        counts_(counts),
        index_(lookup.table_->index()),
        overlay_(lookup.overlay_.get()),
        pool_(loops_.pool[static_cast<size_t>(lookup.type())]),
        dim_(lookup.dim()),
        default_(lookup.spareRows_.data()),
        zeros_(lookup.spareRows_.data() + index_.rowBytes) {}

  template <class Pieces>
  void run(Pieces&& pieces) {
    bool isMore = fill(pieces, blocks_[0]);
    if (!isMore && blocks_[0].segmentCount == 0) return;
    start(blocks_[0]);
    // Block k is in blocks_[k % 3].
    for (size_t k = 0;; ++k) {
      const bool isNext = isMore;
      if (isNext) {
        Block& next = blocks_[(k + 1) % 3];
        isMore = fill(pieces, next);
        start(next);
      }
      find(blocks_[k % 3]);
      if (k > 0) pool(blocks_[(k + 2) % 3]);
      if (isNext) continue;
      pool(blocks_[k % 3]);
      return;
    }
  }

 private:
  // False: the pieces end with this block.
  template <class Pieces>
  bool fill(Pieces& pieces, Block& block) {
    block.size = 0;
    block.segmentCount = 0;
    while (!block.isFull()) {
      if (!isOpen_) {
        if (!pieces.next(piece_)) return false;
        const bool isPlain = piece_.isCopies || (rows_.weights.empty() && piece_.end - piece_.begin == 1);
        divisor_ = isPlain ? 1 : divisorOf(rows_, piece_, combiner_);
        kind_ = piece_.isCopies ? PoolSegment::Kind::Copies : PoolSegment::Kind::Sum;
      }
      const size_t taken = std::min(piece_.end - piece_.begin, kBlockIds - block.size);
      const bool isLast = taken == piece_.end - piece_.begin;
      block.segments[block.segmentCount++] = {piece_.out, static_cast<uint32_t>(block.size),
                                              static_cast<uint32_t>(block.size + taken), isLast ? divisor_ : 1.0F,
                                              kind_};
      std::copy_n(rows_.ids.begin() + static_cast<std::ptrdiff_t>(piece_.begin), taken, block.ids + block.size);
      if (!rows_.weights.empty())
        std::copy_n(rows_.weights.begin() + static_cast<std::ptrdiff_t>(piece_.begin), taken,
                    block.weights + block.size);
      block.size += taken;
      piece_.begin += taken;
      isOpen_ = !isLast;
      if (piece_.isCopies)
        piece_.out += taken * stride_;
      else
        kind_ = PoolSegment::Kind::MoreSum;
    }
    return true;
  }

  void start(Block& block) {
    loops_.homes(index_, block.ids, block.homes, block.size);
    if (overlay_ != nullptr) loops_.homes(overlay_->index(), block.ids, block.overlayHomes, block.size);
  }

  void find(Block& block) {
    loops_.find(index_, block.ids, block.homes, block.rows, block.size);
    if (overlay_ != nullptr) findChanged(block);
    for (size_t i = 0; i < block.size; ++i) counts_.ids += block.ids[i] != 0 ? 1 : 0;
    counts_.absent += loops_.settle(block.ids, block.rows, block.size, default_, zeros_);
  }

  void findChanged(Block& block) {
    const std::byte* changed[kBlockIds];
    loops_.find(overlay_->index(), block.ids, block.overlayHomes, changed, block.size);
    for (size_t i = 0; i < block.size; ++i) {
      if (changed[i] != nullptr) block.rows[i] = overlay_->isDeleted(changed[i]) ? nullptr : changed[i];
    }
  }

  void pool(Block& block) {
    pool_(block.rows, rows_.weights.empty() ? nullptr : block.weights, block.segments, block.segmentCount, dim_,
          stride_);
  }

  const TableLoops& loops_ = tableLoops();
  const IdRows& rows_;
  const Combiner combiner_;
  const size_t stride_;
  LookupCounts& counts_;
  const TableIndex index_;
  const TableOverlay* overlay_;
  TableLoops::Pool* const pool_;
  const uint32_t dim_;
  const std::byte* default_;
  const std::byte* zeros_;
  // What is left of the piece that a block had no room for.
  Piece piece_;
  float divisor_ = 1;
  PoolSegment::Kind kind_ = PoolSegment::Kind::Sum;
  bool isOpen_ = false;
  Block blocks_[3];
};

TableLookup::TableLookup(std::shared_ptr<const EmbeddingTable> table, Combiner combiner,
                         std::span<const float> defaultRow, std::shared_ptr<const TableOverlay> overlay)
    : table_(std::move(table)), overlay_(std::move(overlay)), combiner_(combiner) {
  const size_t bytes = rowBytes(type(), dim());
  spareRows_.resize(2 * bytes);
  encodeRow(type(), defaultRow.data(), dim(), spareRows_.data());
}

void TableLookup::pool(const IdRows& rows, PooledRows out, LookupCounts& counts) const {
  Pipeline(*this, rows, out.stride, counts).run(RowPieces(rows, out));
}

void TableLookup::sequences(const IdRows& rows, size_t length, PooledRows out, LookupCounts& counts) const {
  const IdRows plain{rows.ids, rows.offsets, {}};
  Pipeline(*this, plain, out.stride, counts).run(SequencePieces(plain, length, out, dim()));
}

void TableLookup::poolElements(const IdRows& elements, std::span<const int64_t> elementOffsets, size_t length,
                               PooledRows out, LookupCounts& counts) const {
  Pipeline(*this, elements, out.stride, counts).run(ElementPieces(elements, elementOffsets, length, out, dim()));
}

bool TableLookup::get(uint64_t id, float* out) const {
  const std::byte* row = nullptr;
  if (overlay_ != nullptr) {
    const auto home = static_cast<uint32_t>(homeOf(tableHash(id), overlay_->index().homes));
    tableLoops().find(overlay_->index(), &id, &home, &row, 1);
    if (row != nullptr && overlay_->isDeleted(row)) return false;
  }
  if (row == nullptr) row = table_->find(id);
  if (row != nullptr) decodeRow(type(), row, dim(), out);
  return row != nullptr;
}

}  // namespace featc
