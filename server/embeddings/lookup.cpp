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

// The ids that become one row of the result.
struct Piece {
  size_t begin = 0;
  size_t end = 0;
  float* out = nullptr;
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

// Row by row.
class RowPieces {
 public:
  RowPieces(const IdRows& rows, PooledRows out) : rows_(rows), out_(out), count_(rows.rows()) {}
  bool next(Piece& piece) {
    if (row_ == count_) return false;
    piece = pieceOf(rows_, row_, out_.data + row_ * out_.stride);
    ++row_;
    return true;
  }

 private:
  const IdRows& rows_;
  PooledRows out_;
  size_t count_;
  size_t row_ = 0;
};

// The first `length` elements of each row; what lies behind the last is cleared. `elementOf` gives the ids of one.
template <class Offsets, class ElementOf>
class ElementPieces {
 public:
  ElementPieces(size_t rows, Offsets offsets, ElementOf elementOf, size_t length, PooledRows out, uint32_t dim)
      : rows_(rows), offsets_(offsets), elementOf_(elementOf), length_(length), out_(out), dim_(dim) {}
  bool next(Piece& piece) {
    while (at_ == end_) {
      if (row_ == rows_) return false;
      at_ = offsets_(row_);
      const size_t size = std::min(offsets_(row_ + 1) - at_, length_);
      end_ = at_ + size;
      place_ = row_ * length_;
      fillZeros(out_, place_ + size, place_ + length_, dim_);
      ++row_;
    }
    piece = elementOf_(at_++, out_.data + place_++ * out_.stride);
    return true;
  }

 private:
  size_t rows_;
  Offsets offsets_;
  ElementOf elementOf_;
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
  Pipeline(const TableLookup& lookup, const IdRows& rows, Combiner combiner, LookupCounts& counts)
      : rows_(rows),
        combiner_(combiner),
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
        divisor_ = piece_.end - piece_.begin == 1 && rows_.weights.empty() ? 1 : divisorOf(rows_, piece_, combiner_);
        isContinued_ = false;
      }
      const size_t taken = std::min(piece_.end - piece_.begin, kBlockIds - block.size);
      const bool isLast = taken == piece_.end - piece_.begin;
      block.segments[block.segmentCount++] = {piece_.out, static_cast<uint32_t>(block.size),
                                              static_cast<uint32_t>(block.size + taken), isLast ? divisor_ : 1.0F,
                                              isContinued_};
      std::memcpy(block.ids + block.size, rows_.ids.data() + piece_.begin, taken * sizeof(uint64_t));
      if (!rows_.weights.empty())
        std::memcpy(block.weights + block.size, rows_.weights.data() + piece_.begin, taken * sizeof(float));
      block.size += taken;
      piece_.begin += taken;
      isOpen_ = !isLast;
      isContinued_ = true;
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
    uint64_t ids = 0;
    uint64_t absent = 0;
    for (size_t i = 0; i < block.size; ++i) {
      const bool isId = block.ids[i] != 0;
      const bool isAbsent = isId && block.rows[i] == nullptr;
      ids += isId ? 1 : 0;
      absent += isAbsent ? 1 : 0;
      block.rows[i] = isAbsent ? default_ : isId ? block.rows[i] : zeros_;
    }
    counts_.ids += ids;
    counts_.absent += absent;
  }

  void findChanged(Block& block) {
    const std::byte* changed[kBlockIds];
    loops_.find(overlay_->index(), block.ids, block.overlayHomes, changed, block.size);
    for (size_t i = 0; i < block.size; ++i) {
      if (changed[i] != nullptr) block.rows[i] = overlay_->isDeleted(changed[i]) ? nullptr : changed[i];
    }
  }

  void pool(Block& block) {
    pool_(block.rows, rows_.weights.empty() ? nullptr : block.weights, block.segments, block.segmentCount, dim_);
  }

  const TableLoops& loops_ = tableLoops();
  const IdRows& rows_;
  const Combiner combiner_;
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
  bool isOpen_ = false;
  bool isContinued_ = false;
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
  Pipeline(*this, rows, combiner_, counts).run(RowPieces(rows, out));
}

void TableLookup::sequences(const IdRows& rows, size_t length, PooledRows out, LookupCounts& counts) const {
  const IdRows plain{rows.ids, rows.offsets, {}};
  auto offsetOf = [&](size_t row) { return plain.offsets.empty() ? row : static_cast<size_t>(plain.offsets[row]); };
  auto elementOf = [](size_t element, float* to) { return Piece{element, element + 1, to}; };
  Pipeline(*this, plain, Combiner::Sum, counts)
      .run(ElementPieces(plain.rows(), offsetOf, elementOf, length, out, dim()));
}

void TableLookup::poolElements(const IdRows& elements, std::span<const int64_t> elementOffsets, size_t length,
                               PooledRows out, LookupCounts& counts) const {
  auto offsetOf = [&](size_t row) { return static_cast<size_t>(elementOffsets[row]); };
  auto elementOf = [&](size_t element, float* to) { return pieceOf(elements, element, to); };
  const size_t rows = elementOffsets.empty() ? 0 : elementOffsets.size() - 1;
  Pipeline(*this, elements, combiner_, counts).run(ElementPieces(rows, offsetOf, elementOf, length, out, dim()));
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
