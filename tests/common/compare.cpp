// SPDX-License-Identifier: Apache-2.0
// Comparing results row by row as a caller sees them: through the items.
#include "tests/common/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <span>

#include "data/result_writer.h"
#include "data/run_totals.h"

namespace featc {
namespace {

// One row of one output.
struct RowView {
  const OutputColumn& column;
  int64_t row;

  // Its elements in a sequence group; else the row itself.
  int64_t begin() const { return column.perElement ? column.elementOffsets[static_cast<size_t>(row)] : row; }
  int64_t end() const { return column.perElement ? column.elementOffsets[static_cast<size_t>(row) + 1] : row + 1; }

  std::string text() const {
    std::string out;
    for (int64_t place = begin(); place < end(); ++place) out += (place == begin() ? "" : ";") + placeText(place);
    return out.empty() ? " no element" : out;
  }

 private:
  std::string placeText(int64_t place) const {
    std::string out;
    if (column.width > 0) {
      for (float v : denseAt(column, place)) out += fmt::format(" {} (bits {:08x})", v, std::bit_cast<uint32_t>(v));
      return out;
    }
    ItemIds ids = idsAt(column, place);
    for (size_t i = 0; i < ids.ids.size(); ++i) {
      out += fmt::format(" {}:{}", slotOf(ids.ids[i]), payloadOf(ids.ids[i]));
      if (column.weighted) out += fmt::format("*{}", ids.weights[i]);
    }
    return out.empty() ? " none" : out;
  }
};

bool sameBits(std::span<const float> a, std::span<const float> b) {
  return std::ranges::equal(a, b,
                            [](float x, float y) { return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y); });
}

bool equalRows(const RowView& a, const RowView& b) {
  if (a.column.width != b.column.width || a.column.weighted != b.column.weighted || a.column.ragged != b.column.ragged)
    return false;
  if (a.column.perElement != b.column.perElement || a.end() - a.begin() != b.end() - b.begin()) return false;
  for (int64_t i = 0; i < a.end() - a.begin(); ++i) {
    if (a.column.width > 0) {
      if (!sameBits(denseAt(a.column, a.begin() + i), denseAt(b.column, b.begin() + i))) return false;
      continue;
    }
    ItemIds x = idsAt(a.column, a.begin() + i);
    ItemIds y = idsAt(b.column, b.begin() + i);
    if (!std::ranges::equal(x.ids, y.ids) || !sameBits(x.weights, y.weights)) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> difference(const Result& whole, const Result& part, int64_t firstRequest, Memory memory) {
  if (whole.outputCount() != part.outputCount())
    return fmt::format("{} outputs against {}", whole.outputCount(), part.outputCount());
  int64_t firstItem = whole.itemOffsets()[static_cast<size_t>(firstRequest)];
  for (int64_t item = 0; item < part.items(); ++item) {
    RowStatus a = whole.status(firstItem + item);
    RowStatus b = part.status(item);
    if (memory == Memory::Scarce && (a == RowStatus::OutOfMemory || b == RowStatus::OutOfMemory)) continue;
    if (a != b) return fmt::format("item {}: status {} against {}", firstItem + item, statusName(a), statusName(b));
    if (a != RowStatus::Ok) continue;
    for (size_t o = 0; o < whole.outputCount(); ++o) {
      RowView x{whole.output(o), whole.row(whole.output(o), firstItem + item)};
      RowView y{part.output(o), part.row(part.output(o), item)};
      if (!equalRows(x, y))
        return fmt::format("output {}, item {}:{} against{}", o, firstItem + item, x.text(), y.text());
    }
  }
  return std::nullopt;
}

std::optional<std::string> countDifference(const Result& a, const Result& b) {
  for (size_t o = 0; o < a.outputCount(); ++o) {
    if (a.counts(o) == b.counts(o)) continue;
    auto text = [](const OutputCounts& c) {
      return fmt::format("lost {} dropped {} cut {} {}", c.lostBits, c.droppedWeights, c.cutDense, c.cutSequences);
    };
    return fmt::format("counts of output {}: {} against {}", o, text(a.counts(o)), text(b.counts(o)));
  }
  return std::nullopt;
}

}  // namespace featc
