// SPDX-License-Identifier: Apache-2.0
// Scores as JSON lines, CSV and TSV.
#include "tools/score_writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "data/csv/cell_header.h"
#include "server/model/score_text.h"
#include "tools/output_formats.h"
#include "tools/score_arrow_writer.h"

namespace featc {
namespace {

class JsonScores final : public ScoreWriter {
 public:
  void write(const Scores& scores, std::span<const InputRow> rows, std::string& out) const override {
    for (size_t item = 0; item < scores.items(); ++item)
      if (scores.status[item] == ScoreStatus::Ok) appendScoreLine(scores, item, rows[item], out);
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
        appendScoreNumbers(column, item, "|", out);
      }
      out += '\n';
    }
  }

 private:
  const char delimiter_;
  const std::string header_;
};

Expected<std::unique_ptr<ScoreWriter>> newCellScores(char delimiter, const ModelScorer& scorer) {
  std::vector<std::string> names = {"row", "request", "item"};
  for (const BoundOutput& output : scorer.binding().outputs) names.push_back(output.name);
  Expected<std::string> header = cellHeader(names, delimiter);
  if (!header) return header.error();
  return std::unique_ptr<ScoreWriter>(std::make_unique<CellScores>(delimiter, *std::move(header)));
}

}  // namespace

std::vector<std::string> scoreFormatNames() { return {"json", "csv", "tsv", "arrow", "parquet"}; }

Expected<std::unique_ptr<ScoreWriter>> newScoreWriter(std::string_view format, const ModelScorer& scorer,
                                                      const WriterOptions& options) {
  if (format == "json") return std::unique_ptr<ScoreWriter>(std::make_unique<JsonScores>());
  if (format == "csv") return newCellScores(',', scorer);
  if (format == "tsv") return newCellScores('\t', scorer);
  if (format == "arrow" || format == "parquet") return newArrowScores(format, scorer, options);
  return Error(
      fmt::format("scores are not written as {}: pass --format {}", format, fmt::join(scoreFormatNames(), ", ")),
      ErrorCode::BadArgument);
}

}  // namespace featc
