// SPDX-License-Identifier: Apache-2.0
// Scores as JSON.
#include "data/log/call_scores.h"

#include "data/log/json_text.h"
#include "data/result_writer.h"
#include "support/json_quote.h"

namespace featc {
namespace {

void appendItem(std::string& out, const CallScoreColumn& column, size_t item) {
  if (column.width != 1) out += '[';
  for (size_t i = item * column.width; i < (item + 1) * column.width; ++i) {
    if (i != item * column.width) out += ", ";
    if (column.ints.empty())
      appendFloat(out, column.floats[i]);
    else
      appendInteger(out, column.ints[i]);
  }
  if (column.width != 1) out += ']';
}

}  // namespace

void appendScores(std::string& out, const CallScores& scores) {
  out += '{';
  for (const CallScoreColumn& column : scores.columns) {
    if (out.back() != '{') out += ", ";
    out += jsonQuote(column.name);
    out += ": [";
    for (size_t item = 0; item < scores.present.size(); ++item) {
      if (item > 0) out += ", ";
      if (scores.present[item])
        appendItem(out, column, item);
      else
        out += "null";
    }
    out += ']';
  }
  out += '}';
}

}  // namespace featc
