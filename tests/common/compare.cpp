// SPDX-License-Identifier: Apache-2.0
// Comparing results row by row as a caller sees them: through the items.
#include "tests/common/compare.h"

#include <fmt/format.h>

#include <bit>

namespace featc {
namespace {

// One row of one output.
struct RowView {
  const OutputColumn& column;
  int64_t row;

  int64_t begin() const { return column.ragged ? column.offsets[static_cast<size_t>(row)] : row; }
  int64_t end() const { return column.ragged ? column.offsets[static_cast<size_t>(row) + 1] : row + 1; }

  std::string text() const {
    std::string out;
    if (column.width > 0) {
      for (uint32_t k = 0; k < column.width; ++k) {
        float v = column.dense[static_cast<size_t>(row) * column.width + k];
        out += fmt::format(" {} (bits {:08x})", v, std::bit_cast<uint32_t>(v));
      }
      return out;
    }
    for (int64_t i = begin(); i < end(); ++i) {
      uint64_t id = column.ids[static_cast<size_t>(i)];
      out += fmt::format(" {}:{}", slotOf(id), payloadOf(id));
      if (column.weighted) out += fmt::format("*{}", column.weights[static_cast<size_t>(i)]);
    }
    return out.empty() ? " none" : out;
  }
};

bool equalRows(const RowView& a, const RowView& b) {
  if (a.column.width != b.column.width || a.column.weighted != b.column.weighted || a.column.ragged != b.column.ragged)
    return false;
  if (a.column.width > 0) {
    for (size_t k = 0; k < a.column.width; ++k) {
      float x = a.column.dense[static_cast<size_t>(a.row) * a.column.width + k];
      float y = b.column.dense[static_cast<size_t>(b.row) * a.column.width + k];
      if (std::bit_cast<uint32_t>(x) != std::bit_cast<uint32_t>(y)) return false;
    }
    return true;
  }
  if (a.end() - a.begin() != b.end() - b.begin()) return false;
  for (int64_t i = 0; i < a.end() - a.begin(); ++i) {
    auto x = static_cast<size_t>(a.begin() + i);
    auto y = static_cast<size_t>(b.begin() + i);
    if (a.column.ids[x] != b.column.ids[y]) return false;
    if (a.column.weighted &&
        std::bit_cast<uint32_t>(a.column.weights[x]) != std::bit_cast<uint32_t>(b.column.weights[y]))
      return false;
  }
  return true;
}

}  // namespace

std::string_view statusName(RowStatus status) {
  switch (status) {
    case RowStatus::Ok: return "ok";
    case RowStatus::BadInput: return "bad_input";
    case RowStatus::TooManyIds: return "too_many_ids";
    case RowStatus::ValueTooLarge: return "value_too_large";
    case RowStatus::OutOfMemory: return "out_of_memory";
  }
  return "unknown";
}

std::optional<std::string> difference(const Result& whole, const Result& part, int64_t firstRequest) {
  if (whole.outputCount() != part.outputCount())
    return fmt::format("{} outputs against {}", whole.outputCount(), part.outputCount());
  int64_t firstItem = whole.itemOffsets()[static_cast<size_t>(firstRequest)];
  for (int64_t item = 0; item < part.items(); ++item) {
    RowStatus a = whole.status(firstItem + item);
    RowStatus b = part.status(item);
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
      return fmt::format("lost {} dropped {} cut {}", c.lostBits, c.droppedWeights, c.cutDense);
    };
    return fmt::format("counts of output {}: {} against {}", o, text(a.counts(o)), text(b.counts(o)));
  }
  return std::nullopt;
}

}  // namespace featc
