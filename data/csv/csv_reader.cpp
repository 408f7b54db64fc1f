// SPDX-License-Identifier: Apache-2.0
// CSV rows into batches: the header's binding, and rows cut off for other threads.
#include "data/csv/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "data/csv/csv_cut.h"
#include "data/csv/csv_header.h"
#include "data/csv/csv_looks.h"
#include "data/csv/csv_piece.h"
#include "data/csv/csv_record.h"
#include "data/csv/csv_rows.h"
#include "values/value.h"

namespace featc {
namespace {

// Text that is cut off for a thread, at most.
constexpr size_t kPieceBytes = size_t{1} << 20U;
// Warnings that are remembered, so that each is told once.
constexpr size_t kMaxWarnings = 1000;

class CsvReader final : public RecordReader {
 public:
  CsvReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source, std::string file, bool strict, DataSink sink,
            CsvOptions options)
      : RecordReader(std::move(file), strict, std::move(sink), info.inputs),
        table_{info.inputs, std::move(options), {}, {}, {}},
        window_(std::move(source)),
        records_(window_, table_.options),
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
    piece.position = {};
    piece.position.offset = records_.position();
    piece.position.line = records_.linesBefore();
    piece.position.counts.requests = piece.position.counts.items = row_;
    // Blank lines alone are a piece too, so that they are told.
    if (row_ > before || !piece.notes.empty()) return ReadStatus::Batch;
    return stopped_ ? ReadStatus::Failed : ReadStatus::End;
  }

  void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) const override {
    if (piece.text.empty()) return;
    if (piece.parser == nullptr) piece.parser = newCsvPieceParser({table_, file_, strict_});
    piece.parser->parse(piece, builder, rows);
  }

  // Touches nothing that take() does.
  bool settle(ReadPiece& piece) override {
    for (const DataMessage& message : piece.messages) {
      if (!message.isError && (told_.size() == kMaxWarnings || !told_.insert(message.text).second)) continue;
      sink_(message);
    }
    counts_.badItems += piece.counts.badItems;
    for (const DataNote& note : piece.notes) notes_.add(note);
    for (size_t i = 0; i < piece.parsed.size(); ++i)
      if (piece.parsed[i] != 0) parsed_[i] = true;
    piece.position.counts.badItems = counts_.badItems;
    piece.position.notes = notes_.list();
    piece.position.parsed = parsed_;
    return !piece.stops;
  }

  bool position(ReaderPosition& out) const override {
    out = {records_.position(), records_.linesBefore(), counts_, {}, parsed_, {}, notes_.list()};
    return true;
  }
  // The header must be read all the same.
  void resumeAt(ReaderPosition position) override { resume_ = std::move(position); }

 protected:
  std::string remark() const override { return window_.remark(); }

 private:
  // -- Pieces ---------------------------------------------------------------------------------------

  void begin(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) {
    builder.clear();
    builder.useOnly(used_);
    rows.clear();
    piece.clear();
    if (table_.columns.empty() && !stopped_) readHeader(builder);
  }

  // Cuts rows off that are plainly whole; false: there are none.
  bool cutOff(ReadPiece& piece, int64_t maxItems) {
    std::string_view text = records_.rest(std::min(kPieceBytes, table_.options.maxRecordBytes));
    CsvCut cut = cutCsv(text, table_.options, static_cast<uint64_t>(maxItems));
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
    rowsOf_.clear();
    bool goesOn = readCsvRows(records_, {table_, file_, strict_}, maxItems, rowsOf_, row, piece, builder, rows);
    piece.notes = rowsOf_.notes().list();
    piece.parsed = rowsOf_.parsed();
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
    std::vector<std::string> names = table_.options.columns;
    const bool isGiven = !names.empty();
    if (isGiven && !table_.options.skipsHeader) warnOfHeader();
    if (!isGiven || table_.options.skipsHeader) {
      if (!records_.next())
        return window_.error().empty() ? fail(0, "the file is empty: its first line must name the columns")
                                       : fail(0, fmt::format("reading failed: {}", window_.error()));
      if (records_.problem() != nullptr) return fail(records_.line(), records_.problem());
      if (!isGiven) names = namesOf(records_.cells());
    }
    CsvHeader header = bindColumns(names, table_.inputs, builder, table_.options);
    table_.columns = std::move(header.columns);
    table_.nested = std::move(header.nested);
    table_.used = used_;
    records_.setNested(table_.nested);
    rowsOf_.clear();
    for (std::string& warning : header.warnings) warn(std::move(warning));
    if (!header.problem.empty()) return fail(isGiven ? 0 : 1, std::move(header.problem));
    if (!resume_) return;
    counts_ = resume_->counts;
    parsed_ = std::move(resume_->parsed);
    parsed_.resize(inputs_.size());
    for (const DataNote& note : resume_->notes) notes_.add(note);
    row_ = counts_.items;
    if (resume_->offset > 0 && !records_.seek(resume_->offset, resume_->line))
      fail(0, "the input ends before the place to resume from");
  }

  std::vector<std::string> namesOf(const std::vector<CsvCell>& cells) const {
    std::vector<std::string> names;
    for (const CsvCell& cell : cells)
      names.emplace_back(table_.options.trim && !cell.quoted ? withoutBlanks(cell.text) : cell.text);
    return names;
  }

  // Where the first line says the same as --columns, it is a header.
  void warnOfHeader() {
    while (window_.text().find('\n') == std::string_view::npos && window_.text().size() < kPieceBytes &&
           window_.grow()) {
    }
    InputWindow firstLine(memorySource(window_.text().substr(0, window_.text().find('\n'))));
    CsvRecordReader records(firstLine, table_.options);
    if (records.next() && namesOf(records.cells()) == table_.options.columns)
      warn("the first line has the names that --columns gives; pass --header if it is not a row");
  }

  CsvTable table_;
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
  if (!options.columns.empty() && std::ranges::all_of(options.columns, &std::string::empty))
    return "--columns names no column";
  return {};
}

std::unique_ptr<RecordReader> newCsvReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source,
                                           std::string file, bool strict, DataSink sink, CsvOptions options) {
  return std::make_unique<CsvReader>(info, std::move(source), std::move(file), strict, std::move(sink), options);
}

}  // namespace featc
