// SPDX-License-Identifier: Apache-2.0
// Scores of one item as text.
#include "server/model/score_text.h"

#include <fmt/format.h>

#include <iterator>

#include "data/result_writer.h"
#include "support/json_quote.h"

namespace featc {

void appendScoreNumbers(const ScoreColumn& column, size_t item, std::string_view separator, std::string& out) {
  for (size_t i = 0; i < column.width; ++i) {
    if (i != 0) out += separator;
    const size_t at = item * column.width + i;
    if (column.type == TensorType::Int64)
      fmt::format_to(std::back_inserter(out), "{}", column.ints[at]);
    else
      appendFloat(out, column.floats[at]);
  }
}

void appendScoreLine(const Scores& scores, size_t item, const InputRow& row, std::string& out) {
  fmt::format_to(std::back_inserter(out), R"({{"row": {}, "request": {}, "item": {})", row.row, row.request, row.item);
  for (const ScoreColumn& column : scores.columns) {
    out += ", ";
    out += jsonQuote(column.name);
    out += column.width == 1 ? ": " : ": [";
    appendScoreNumbers(column, item, ", ", out);
    if (column.width != 1) out += ']';
  }
  out += "}\n";
}

}  // namespace featc
