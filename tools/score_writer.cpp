// SPDX-License-Identifier: Apache-2.0
// Scores as JSON lines, CSV and TSV.
#include "tools/score_writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "data/result_writer.h"
#include "support/json_quote.h"
#include "tools/output_formats.h"
#include "tools/score_arrow_writer.h"

namespace featc {
namespace {

void appendInt(std::string& out, int64_t value) { fmt::format_to(std::back_inserter(out), "{}", value); }

// The numbers of an item, with `separator` between them.
void appendNumbers(const ScoreColumn& column, size_t item, std::string_view separator, std::string& out) {
  for (size_t i = 0; i < column.width; ++i) {
    if (i != 0) out += separator;
    size_t at = item * column.width + i;
    if (column.type == TensorType::Int64)
      appendInt(out, column.ints[at]);
    else
      appendFloat(out, column.floats[at]);
  }
}

class JsonScores final : public ScoreWriter {
 public:
  void write(const Scores& scores, std::span<const InputRow> rows, std::string& out) const override {
    for (size_t item = 0; item < scores.items(); ++item) {
      if (scores.status[item] != ScoreStatus::Ok) continue;
      const InputRow& row = rows[item];
      fmt::format_to(std::back_inserter(out), "{{\"row\": {}, \"request\": {}, \"item\": {}", row.row, row.request,
                     row.item);
      for (const ScoreColumn& column : scores.columns) {
        out += ", ";
        out += jsonQuote(column.name);
        out += column.width == 1 ? ": " : ": [";
        appendNumbers(column, item, ", ", out);
        if (column.width != 1) out += ']';
      }
      out += "}\n";
    }
  }
};

// Numbers of one cell are joined by `|`, as features are.
class CellScores final : public ScoreWriter {
 public:
  CellScores(char delimiter, std::string header) : delimiter_(delimiter), header_(std::move(header)) {}
  void begin(std::string& out) const override { out += header_; }
  void write(const Scores& scores, std::span<const InputRow> rows, std::string& out) const override {
    for (size_t item = 0; item < scores.items(); ++item) {
      if (scores.status[item] != ScoreStatus::Ok) continue;
      const InputRow& row = rows[item];
      fmt::format_to(std::back_inserter(out), "{}{}{}{}{}", row.row, delimiter_, row.request, delimiter_, row.item);
      for (const ScoreColumn& column : scores.columns) {
        out += delimiter_;
        appendNumbers(column, item, "|", out);
      }
      out += '\n';
    }
  }

 private:
  const char delimiter_;
  const std::string header_;
};

// A cell of a header, quoted where CSV needs that.
std::string csvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += c;
    out += c;
  }
  return out + "\"";
}

std::unique_ptr<ScoreWriter> newCellScores(char delimiter, const ModelScorer& scorer, std::string& refused) {
  std::string header = fmt::format("row{}request{}item", delimiter, delimiter);
  for (const BoundOutput& output : scorer.binding().outputs) {
    header += delimiter;
    if (delimiter == '\t' && output.name.find_first_of("\t\r\n") != std::string::npos) {
      refused = fmt::format("TSV has no place for the name {} of an output: pass --format csv", jsonQuote(output.name));
      return nullptr;
    }
    header += delimiter == ',' ? csvCell(output.name) : output.name;
  }
  return std::make_unique<CellScores>(delimiter, header + "\n");
}

}  // namespace

std::vector<std::string> scoreFormatNames() { return {"json", "csv", "tsv", "arrow", "parquet"}; }

std::unique_ptr<ScoreWriter> newScoreWriter(std::string_view format, const ModelScorer& scorer,
                                            const WriterOptions& options, std::string& refused) {
  if (format == "json") return std::make_unique<JsonScores>();
  if (format == "csv") return newCellScores(',', scorer, refused);
  if (format == "tsv") return newCellScores('\t', scorer, refused);
  if (format == "arrow" || format == "parquet") return newArrowScores(format, scorer, options, refused);
  refused = fmt::format("scores are not written as {}: pass --format {}", format, fmt::join(scoreFormatNames(), ", "));
  return nullptr;
}

}  // namespace featc
