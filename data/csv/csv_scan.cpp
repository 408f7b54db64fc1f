// SPDX-License-Identifier: Apache-2.0
// Bit masks of delimiters, line ends and quotes; what lies in quotes follows from the quotes before it.
#include "data/csv/csv_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace featc {
namespace {

// Few enough that they stay in the fastest cache, with their cells' ends, until all columns are read.
constexpr size_t kStretchBytes = size_t{32} << 10U;
constexpr size_t kBlock = 64;
// Positions are written so many at a time.
constexpr size_t kAtATime = 8;

// Which of 64 bytes are one of a few characters.
struct Block {
#ifdef __SSE2__
  using Lane = __m128i;
  static Lane lane(const char* at) { return _mm_loadu_si128(reinterpret_cast<const Lane*>(at)); }
  static uint64_t equal(Lane lane, char c) {
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(lane, _mm_set1_epi8(c))));
  }
#else
  typedef uint8_t Lane __attribute__((vector_size(16)));  // NOLINT(modernize-use-using)
  static Lane lane(const char* at) {
    Lane lane;
    std::memcpy(&lane, at, sizeof lane);
    return lane;
  }
  static uint64_t equal(Lane lane, char c) {
    // Byte i keeps bit i of 8, and the highest byte of the product sums up all.
    auto halves = std::bit_cast<std::array<uint64_t, 2> >(lane == Lane{} + static_cast<uint8_t>(c));
    auto gathered = [](uint64_t bytes) { return (bytes & 0x8040'2010'0804'0201U) * 0x0101'0101'0101'0101U >> 56U; };
    return gathered(halves[0]) | gathered(halves[1]) << 8U;
  }
#endif

  explicit Block(const char* at) : lanes{lane(at), lane(at + 16), lane(at + 32), lane(at + 48)} {}
  uint64_t operator==(char c) const {
    return equal(lanes[0], c) | equal(lanes[1], c) << 16U | equal(lanes[2], c) << 32U | equal(lanes[3], c) << 48U;
  }

  Lane lanes[4];
};

// Bit i is the parity of bits 0 to i.
uint64_t parities(uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

}  // namespace

class CsvScanner {
 public:
  CsvScanner(std::string_view text, const CsvOptions& options, CsvStretch& out)
      : text_(text), options_(options), out_(out) {}

  void scan(size_t begin, size_t end) {
    if (out_.ends_.size() < end - begin + kAtATime + 1) out_.ends_.resize(end - begin + kAtATime + 1);
    out_.ends_[0] = static_cast<uint32_t>(begin) - 1;
    out_.lines_ = 0;
    out_.hasQuotes_ = false;
    to_ = out_.ends_.data() + 1;
    for (size_t at = begin; at < end && !stopped_; at += kBlock) {
      if (end - at >= kBlock) {
        take(at, Block(text_.data() + at), ~uint64_t{0});
        continue;
      }
      char rest[kBlock] = {};
      std::memcpy(rest, text_.data() + at, end - at);
      take(at, Block(rest), (uint64_t{1} << (end - at)) - 1);
    }
    // The last line may not have ended.
    const uint32_t* first = out_.ends_.data() + 1;
    while (to_ != first && text_[to_[-1]] != '\n') --to_;
    out_.begin_ = begin;
    out_.end_ = to_ == first ? begin : to_[-1] + size_t{1};
    out_.cells_ = static_cast<size_t>(to_ - first);
  }
  // Before the end that it was given, at a record that is not plain.
  bool stopped() const { return stopped_; }

 private:
  void take(size_t at, const Block& block, uint64_t within) {
    const uint64_t lineEnds = (block == '\n') & within;
    uint64_t ends = lineEnds | ((block == options_.delimiter) & within);
    const uint64_t quotes = options_.quotes ? (block == '"') & within : 0;
    const uint64_t borders = ends | quotes;
    if ((quotes | inQuotes_) != 0) ends = outside(at, quotes, ends, lineEnds);
    lastIsBorder_ = borders >> 63U;
    out_.lines_ += static_cast<size_t>(std::popcount(ends & lineEnds));
    append(static_cast<uint32_t>(at), ends);
  }

  // The ends that do not lie in quotes. Stops at a quote that does not stand at the border of a cell, and at a line end
  // in quotes.
  uint64_t outside(size_t at, uint64_t quotes, uint64_t ends, uint64_t lineEnds) {
    out_.hasQuotes_ = true;
    const uint64_t inside = parities(quotes) ^ inQuotes_;
    const uint64_t opening = quotes & inside;
    const uint64_t closing = quotes & ~inside;
    // A doubled quote closes and opens.
    const uint64_t borders = ends | quotes;
    uint64_t odd = (opening & ~(borders << 1U | lastIsBorder_)) | (lineEnds & inside);
    for (uint64_t left = closing & ~(borders >> 1U); left != 0; left &= left - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(left));
      if (!endsCell(at + bit)) odd |= uint64_t{1} << bit;
    }
    inQuotes_ = 0 - (inside >> 63U);
    ends &= ~inside;
    if (odd == 0) return ends;
    stopped_ = true;
    return ends & ((odd & (0 - odd)) - 1);
  }

  // Whether a quote is followed by what ends its cell, or by another quote.
  bool endsCell(size_t quote) const {
    const std::string_view rest = text_.substr(quote + 1, 2);
    return rest == "\r\n" || (!rest.empty() && (rest[0] == options_.delimiter || rest[0] == '\n' || rest[0] == '"'));
  }

  void append(uint32_t at, uint64_t bits) {
    uint32_t* behind = to_ + std::popcount(bits);
    for (; bits != 0; to_ += kAtATime) {
      for (size_t i = 0; i < kAtATime; ++i) {
        to_[i] = at + static_cast<uint32_t>(std::countr_zero(bits));
        bits &= bits - 1;
      }
    }
    to_ = behind;
  }

  std::string_view text_;
  const CsvOptions& options_;
  CsvStretch& out_;
  uint32_t* to_ = nullptr;
  uint64_t inQuotes_ = 0;      // all ones: what follows lies in quotes
  uint64_t lastIsBorder_ = 1;  // the byte before is one that a quote may follow
  bool stopped_ = false;
};

void CsvStretch::scan(std::string_view text, size_t begin, const CsvOptions& options) {
  size_t bytes = kStretchBytes;
  for (;;) {
    const size_t end = std::min(text.size(), begin + bytes);
    CsvScanner scanner(text, options, *this);
    scanner.scan(begin, end);
    // A record that is longer than that.
    if (cells_ > 0 || scanner.stopped() || end == text.size()) return;
    bytes *= 4;
  }
}

}  // namespace featc
