// SPDX-License-Identifier: Apache-2.0
// What writers share: an item's values in a result, and numbers as text.
#include "data/result_writer.h"

#include <charconv>

namespace featc {

ItemIds idsAt(const OutputColumn& column, int64_t place) {
  auto at = static_cast<size_t>(place);
  size_t begin = at;
  size_t count = 0;
  if (column.ragged) {
    begin = static_cast<size_t>(column.offsets[at]);
    count = static_cast<size_t>(column.offsets[at + 1]) - begin;
  } else {
    count = column.ids[at] == 0 ? 0 : 1;
  }
  ItemIds out{{column.ids.data() + begin, count}, {}};
  if (column.weighted) out.weights = {column.weights.data() + begin, count};
  return out;
}

std::span<const float> denseAt(const OutputColumn& column, int64_t place) {
  return {column.dense.data() + static_cast<size_t>(place) * column.width, column.width};
}

ItemIds idsOf(const Result& result, const OutputColumn& column, int64_t item) {
  return idsAt(column, result.row(column, item));
}

std::span<const float> denseOf(const Result& result, const OutputColumn& column, int64_t item) {
  return denseAt(column, result.row(column, item));
}

ElementRange elementsOf(const Result& result, const OutputColumn& column, int64_t item) {
  auto row = static_cast<size_t>(result.row(column, item));
  return {column.elementOffsets[row], column.elementOffsets[row + 1]};
}

void appendUnsigned(std::string& out, uint64_t value) {
  char text[20];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void appendFloat(std::string& out, float value) {
  char text[32];
  // Adding 0 turns -0 into 0 and nothing else.
  out.append(text, std::to_chars(text, text + sizeof text, value + 0.0F).ptr);
}

}  // namespace featc
