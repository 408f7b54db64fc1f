// SPDX-License-Identifier: Apache-2.0
// Plain records go to CsvFill, many at a time; those that are not plain, and bad ones, to CsvRows.
#include "data/csv/csv_piece.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "data/csv/csv_fill.h"
#include "data/csv/csv_scan.h"
#include "values/value.h"

namespace featc {
namespace {

// Rows that CsvFill gets at a time while none of them is bad; fewer behind bad ones.
constexpr size_t kMostRows = 4096;
constexpr size_t kFewestRows = 4;
// Records that CsvRows gets at a time where CsvFill can do nothing.
constexpr int64_t kMostSingly = 64;

// The records of a piece one by one. Nothing is made before one is needed.
class SingleRecords {
 public:
  SingleRecords(std::string_view text, const CsvTable& table) : text_(text), table_(table) {}

  // Those from `position` on, which is not before the last one.
  CsvRecordReader& from(size_t position, uint64_t line) {
    if (!records_) {
      window_.emplace(memorySource(text_));
      records_.emplace(*window_, table_.options);
      records_->setNested(table_.nested);
    }
    records_->seek(position, line - 1);
    return *records_;
  }

 private:
  std::string_view text_;
  const CsvTable& table_;
  std::optional<InputWindow> window_;
  std::optional<CsvRecordReader> records_;
};

class CsvPieceParser final : public PieceParser {
 public:
  explicit CsvPieceParser(CsvFile file)
      : file_(std::move(file)), width_(file_.table.columns.size()), rowsOf_(file_.table), fill_(file_.table) {}

  void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) override {
    rowsOf_.clear();
    Progress to{piece, builder, rows, SingleRecords(piece.text, file_.table), 0, piece.firstRow, piece.linesBefore + 1};
    most_ = kMostRows;
    singly_ = 1;
    while (to.at < piece.text.size() && !piece.stops) {
      const size_t before = to.at;
      if (fill_.fits()) readStretch(to);
      if (to.at == before) readSingly(to);
    }
    piece.notes = rowsOf_.notes().list();
    piece.parsed = rowsOf_.parsed();
  }

 private:
  struct Progress {
    ReadPiece& piece;
    BatchBuilder& builder;
    std::vector<InputRow>& rows;
    SingleRecords records;
    size_t at;  // of the next record
    uint64_t row;
    uint64_t line;
  };

  void readStretch(Progress& to) {
    stretch_.scan(to.piece.text, to.at, file_.table.options);
    // Known without a look at each cell.
    isRegular_ = width_ > 1 && stretch_.cells() == stretch_.lines() * width_ && endsLines(to.piece.text);
    for (size_t cell = 0; cell < stretch_.cells() && !to.piece.stops;) {
      const size_t plain = plainRows(to.piece.text, cell);
      const size_t done = plain > 0 ? readPlain(to, cell, plain) : 0;
      cell += done * width_;
      if (plain > 0 && done == plain) continue;
      readSingly(to);
      while (cell < stretch_.cells() && stretch_.beginOf(cell) < to.at) ++cell;
      if (cell < stretch_.cells() && stretch_.beginOf(cell) != to.at) return;
    }
  }

  // Whether every `width_`th cell ends a line.
  bool endsLines(std::string_view text) const {
    for (size_t cell = width_; cell <= stretch_.cells(); cell += width_)
      if (text[stretch_.endOf(cell - 1)] != '\n') return false;
    return true;
  }

  // How many rows from a cell on have a cell for each column; `most_` at most.
  size_t plainRows(std::string_view text, size_t cell) const {
    const size_t most = std::min((stretch_.cells() - cell) / width_, most_);
    if (isRegular_) return most;
    size_t rows = 0;
    while (rows < most && isPlain(text, cell + rows * width_)) ++rows;
    return rows;
  }
  bool isPlain(std::string_view text, size_t first) const {
    for (size_t cell = first; cell < first + width_; ++cell)
      if ((text[stretch_.endOf(cell)] == '\n') != (cell + 1 == first + width_)) return false;
    // Of one column: not a blank line.
    const size_t begin = stretch_.beginOf(first);
    return width_ > 1 || (text[begin] != '\n' && text.substr(begin, 2) != "\r\n");
  }

  // The first of so many plain rows that are good.
  size_t readPlain(Progress& to, size_t cell, size_t rows) {
    const CsvPlainRows plain{to.piece.text, stretch_, cell, rows, to.line};
    const size_t done = fill_.append(plain, to.builder, rowsOf_.notes(), rowsOf_.parsed());
    for (size_t i = 0; i < done; ++i) to.rows.push_back({to.row + i, to.row + i, 0, to.line + i});
    to.row += done;
    to.line += done;
    if (done > 0) to.at = stretch_.endOf(cell + done * width_ - 1) + 1;
    // What stands behind a bad row was read in vain.
    most_ = done == rows ? std::min(most_ * 2, kMostRows) : std::max(done * 2, kFewestRows);
    if (done > 0) singly_ = 1;
    return done;
  }

  void readSingly(Progress& to) {
    CsvRecordReader& records = to.records.from(to.at, to.line);
    const int64_t most = fill_.fits() ? to.builder.items() + singly_ : INT64_MAX;
    const bool goesOn = readCsvRows(records, file_, most, rowsOf_, to.row, to.piece, to.builder, to.rows);
    to.at = goesOn ? records.position() : to.piece.text.size();
    to.line = records.linesBefore() + 1;
    singly_ = std::min(singly_ * 2, kMostSingly);
  }

  const CsvFile file_;
  const size_t width_;
  CsvRows rowsOf_;
  CsvFill fill_;
  CsvStretch stretch_;
  bool isRegular_ = false;
  size_t most_ = kMostRows;
  int64_t singly_ = 1;
};

}  // namespace

bool readCsvRows(CsvRecordReader& records, const CsvFile& file, int64_t maxItems, CsvRows& rowsOf, uint64_t& row,
                 ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) {
  auto undeclared = [&](std::string_view name) {
    piece.messages.push_back({false, file.name, 0, fmt::format("no field is declared for the key {}", quote(name))});
  };
  while (!piece.stops && builder.items() < maxItems) {
    if (!records.next()) return false;
    if (records.problem() == nullptr && CsvTable::isBlank(records.cells())) {
      rowsOf.notes().add(NoteKind::BlankLine, DataNotes::kNoField, records.line());
      continue;
    }
    std::string error = rowsOf.append(records, builder, undeclared);
    if (error.empty()) {
      rows.push_back({row, row, 0, records.line()});
    } else {
      ++piece.counts.badItems;
      piece.stops = file.strict;
      piece.messages.push_back({true, file.name, records.line(), std::move(error)});
    }
    ++row;
  }
  return true;
}

std::unique_ptr<PieceParser> newCsvPieceParser(const CsvFile& file) { return std::make_unique<CsvPieceParser>(file); }

}  // namespace featc
