// SPDX-License-Identifier: Apache-2.0
// CSV rows into batches: the header's binding, and rows cut off for other threads.
#include "runtime/io/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "ops/value.h"
#include "runtime/io/csv_cut.h"
#include "runtime/io/csv_record.h"
#include "runtime/io/csv_rows.h"

namespace featc {
namespace {

// Text that is cut off for a thread, at most.
constexpr size_t kPieceBytes = size_t{1} << 20U;
// Warnings that are remembered, so that each is told once.
constexpr size_t kMaxWarnings = 1000;

// Appends the rows of records to a batch, until there are `maxItems`; what is bad goes to `piece`. False: the records
// have come to an end.
bool readRows(CsvRecordReader& records, const CsvTable& table, const std::string& file, bool strict, int64_t maxItems,
              CsvRows& rowsOf, uint64_t& row, ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) {
  auto undeclared = [&](std::string_view name) {
    piece.messages.push_back({false, file, 0, fmt::format("no field is declared for the key {}", quote(name))});
  };
  while (!piece.stops && builder.items() < maxItems) {
    if (!records.next()) return false;
    if (table.isBlank(records.cells())) continue;
    std::string error = rowsOf.append(records, builder, undeclared);
    if (error.empty()) {
      rows.push_back({row, row, 0, records.line()});
    } else {
      ++piece.bad.badItems;
      piece.stops = strict;
      piece.messages.push_back({true, file, records.line(), std::move(error)});
    }
    ++row;
  }
  return true;
}

class CsvParser final : public PieceParser {
 public:
  CsvParser(const CsvTable& table, const CsvOptions& options, const std::vector<bool>& nested, std::string file,
            bool strict)
      : table_(table), options_(options), nested_(nested), file_(std::move(file)), strict_(strict), rowsOf_(table) {}

  void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) override {
    InputWindow window(memorySource(piece.text));
    CsvRecordReader records(window, options_.delimiter, options_.listDelimiter, options_.maxRecordBytes);
    records.setNested(nested_);
    records.seek(0, piece.linesBefore);
    uint64_t row = piece.firstRow;
    readRows(records, table_, file_, strict_, INT64_MAX, rowsOf_, row, piece, builder, rows);
  }

 private:
  const CsvTable& table_;
  const CsvOptions& options_;
  const std::vector<bool>& nested_;
  std::string file_;
  bool strict_;
  CsvRows rowsOf_;
};

class CsvReader final : public RecordReader {
 public:
  CsvReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source, std::string file, bool strict, DataSink sink,
            CsvOptions options)
      : RecordReader(std::move(file), strict, std::move(sink)),
        options_(options),
        table_{info.inputs, {}, options.listDelimiter},
        window_(std::move(source)),
        records_(window_, options.delimiter, options.listDelimiter, options.maxRecordBytes),
        rowsOf_(table_) {}

  ReadStatus next(BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) override {
    ReadPiece piece;
    begin(piece, builder, rows);
    if (!stopped_) readHere(piece, builder, rows, maxItems);
    settle(piece);
    return status(builder);
  }

  ReadStatus take(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) override {
    begin(piece, builder, rows);
    if (stopped_) return ReadStatus::Failed;
    const uint64_t before = row_;
    if (!cutOff(piece, maxItems)) readHere(piece, builder, rows, maxItems);
    piece.hasPosition = true;
    piece.position = {records_.position(), records_.linesBefore(), {}, {}, {}};
    piece.position.counts.requests = piece.position.counts.items = row_;
    if (row_ > before) return ReadStatus::Batch;
    return stopped_ ? ReadStatus::Failed : ReadStatus::End;
  }

  void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) const override {
    if (piece.text.empty()) return;
    if (piece.parser == nullptr) piece.parser = std::make_unique<CsvParser>(table_, options_, nested_, file_, strict_);
    piece.parser->parse(piece, builder, rows);
  }

  // Touches nothing that take() does.
  bool settle(ReadPiece& piece) override {
    for (const DataMessage& message : piece.messages) {
      if (!message.isError && (told_.size() == kMaxWarnings || !told_.insert(message.text).second)) continue;
      sink_(message);
    }
    counts_.badItems += piece.bad.badItems;
    piece.position.counts.badItems = counts_.badItems;
    return !piece.stops;
  }

  bool position(ReaderPosition& out) const override {
    out = {records_.position(), records_.linesBefore(), counts_, {}, {}};
    return true;
  }
  // The header must be read all the same.
  void resumeAt(ReaderPosition position) override { resume_ = std::move(position); }

 private:
  // -- Pieces ---------------------------------------------------------------------------------------

  void begin(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) {
    builder.clear();
    rows.clear();
    piece.clear();
    if (table_.columns.empty() && !stopped_) readHeader(builder);
  }

  // Cuts rows off that are plainly whole; false: there are none.
  bool cutOff(ReadPiece& piece, int64_t maxItems) {
    std::string_view text = records_.rest(std::min(kPieceBytes, options_.maxRecordBytes));
    CsvCut cut = cutCsv(text, options_.delimiter, table_.columns.size() > 1, static_cast<uint64_t>(maxItems));
    if (cut.rows == 0) return false;
    piece.text = text.substr(0, cut.bytes);
    piece.firstRow = row_;
    piece.linesBefore = records_.linesBefore();
    records_.skip(cut.bytes, cut.lines);
    countRows(cut.rows);
    return true;
  }

  void readHere(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) {
    uint64_t row = row_;
    bool goesOn = readRows(records_, table_, file_, strict_, maxItems, rowsOf_, row, piece, builder, rows);
    countRows(row - row_);
    if (!goesOn && !window_.error().empty()) fail(records_.line(), fmt::format("reading failed: {}", window_.error()));
    stopped_ = stopped_ || piece.stops;
  }

  void countRows(uint64_t rows) {
    row_ += rows;
    counts_.requests += rows;
    counts_.items += rows;
  }

  // -- Header ---------------------------------------------------------------------------------------

  void readHeader(const BatchBuilder& builder) {
    skipByteOrderMark(window_);
    if (!records_.next())
      return window_.error().empty() ? fail(0, "the file is empty: its first line must name the columns")
                                     : fail(0, fmt::format("reading failed: {}", window_.error()));
    if (records_.problem() != nullptr) return fail(records_.line(), records_.problem());
    std::set<std::string_view> names;
    std::vector<bool> bound(table_.inputs.size());
    std::vector<bool> nested;
    for (const CsvCell& cell : records_.cells()) {
      std::string name = quote(cell.text);
      if (!names.insert(cell.text).second) fail(1, fmt::format("the column {} appears twice", name));
      CsvColumn& column = table_.columns.emplace_back();
      column.field = builder.field(cell.text);
      column.fields = {column.field, 1};
      if (column.field == BatchBuilder::kNoField) {
        column.field = builder.structList(cell.text);
        column.isStructList = column.field != BatchBuilder::kNoField;
        if (column.isStructList) column.fields = structListOf(table_.inputs, column.field);
      }
      bool isBound = column.field != BatchBuilder::kNoField;
      nested.push_back(isBound && !column.isStructList && nestingDepth(table_.inputs[column.field].type) == 1);
      if (!isBound) {
        unbound(cell.text);
        continue;
      }
      for (size_t i = column.fields.first; i < column.fields.end(); ++i) {
        if (bound[i]) fail(1, fmt::format("the column {} names {} a second time", name, table_.inputs[i].qualified()));
        bound[i] = true;
      }
    }
    checkBound(bound);
    records_.setNested(nested);
    nested_ = std::move(nested);
    if (!resume_ || stopped_) return;
    counts_ = resume_->counts;
    row_ = counts_.items;
    if (resume_->offset > 0 && !records_.seek(resume_->offset, resume_->line))
      fail(0, "the input ends before the place to go on from");
  }

  void unbound(std::string_view name) {
    for (const InputInfo& input : table_.inputs)
      if (input.name == name || input.structList == name)
        return fail(1, fmt::format("the column {0} may be request.{1} or item.{1}: name it so", quote(name), name));
    warn(fmt::format("no field is declared for the column {}", quote(name)));
  }

  void checkBound(const std::vector<bool>& bound) {
    std::string missing;
    for (size_t i = 0; i < table_.inputs.size();) {
      // Members of a list of structs that have no column are missing in its elements.
      StructList list = structListOf(table_.inputs, i);
      const InputInfo& input = table_.inputs[i];
      bool isBound = false;
      for (; i < list.end(); ++i) isBound = isBound || bound[i];
      if (isBound) continue;
      if (input.type.nullable())
        warn(fmt::format("the optional field {} never appears", input.declared()));
      else
        missing += fmt::format("{}{}", missing.empty() ? "" : ", ", input.declared());
    }
    if (!missing.empty()) fail(1, fmt::format("no column for what every row must have: {}", missing));
  }

  const CsvOptions options_;
  CsvTable table_;
  std::vector<bool> nested_;  // by column: a list or map between delimiters
  InputWindow window_;
  CsvRecordReader records_;
  CsvRows rowsOf_;
  uint64_t row_ = 0;  // the next one
  std::optional<ReaderPosition> resume_;
  std::set<std::string> told_;  // warnings; of settle()
};

}  // namespace

std::string checkCsvOptions(const CsvOptions& options) {
  for (char c : {options.delimiter, options.listDelimiter})
    if (c == '"' || c == '\n' || c == '\r') return "a delimiter cannot be a quote or a line end";
  if (options.delimiter == options.listDelimiter) return "the delimiter and the list delimiter must differ";
  return {};
}

std::unique_ptr<RecordReader> newCsvReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source,
                                           std::string file, bool strict, DataSink sink, CsvOptions options) {
  return std::make_unique<CsvReader>(info, std::move(source), std::move(file), strict, std::move(sink), options);
}

}  // namespace featc
