// SPDX-License-Identifier: Apache-2.0
// What writers share: an item's values in a result, and numbers as text.
#include "runtime/result_writer.h"

#include <charconv>

namespace featc {

ItemIds idsOf(const Result& result, const OutputColumn& column, int64_t item) {
  auto row = static_cast<size_t>(result.row(column, item));
  size_t begin = row;
  size_t count = 0;
  if (column.ragged) {
    begin = static_cast<size_t>(column.offsets[row]);
    count = static_cast<size_t>(column.offsets[row + 1]) - begin;
  } else {
    count = column.ids[row] == 0 ? 0 : 1;
  }
  ItemIds out{{column.ids.data() + begin, count}, {}};
  if (column.weighted) out.weights = {column.weights.data() + begin, count};
  return out;
}

std::span<const float> denseOf(const Result& result, const OutputColumn& column, int64_t item) {
  return {column.dense.data() + static_cast<size_t>(result.row(column, item)) * column.width, column.width};
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
