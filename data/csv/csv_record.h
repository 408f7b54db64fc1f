// SPDX-License-Identifier: Apache-2.0
// Splits CSV text into records and cells.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv/csv_options.h"
#include "data/input_stream.h"

namespace featc {

struct CsvCell {
  std::string_view text;  // unquoted
  bool quoted = false;
};

// What --trim takes off around a cell.
inline bool isCsvBlank(char c, const CsvOptions& options) { return (c == ' ' || c == '\t') && c != options.delimiter; }

class CsvRecordReader {
 public:
  CsvRecordReader(InputWindow& window, const CsvOptions& options)
      : window_(window),
        options_(options),
        quote_(options.quotes),
        trim_(options.quotes && options.trim),
        delimiter_(options.delimiter) {}

  // Of these columns a cell may begin with `""` and a list delimiter: its first element is empty.
  void setNested(std::vector<bool> columns) { nested_ = std::move(columns); }

  // Reads the next record; false at the end. Its cells stay until the next call; when it is broken
  // there are none and problem() says why.
  bool next();
  const std::vector<CsvCell>& cells() const { return cells_; }
  // Where the record begins, or the mistake in it is; from 1.
  uint64_t line() const { return line_; }
  const char* problem() const { return problem_; }
  // Line ends in the record.
  uint64_t lineEnds() const { return lineEnds_; }

  // The text from the next record on: `bytes` of it, or all there is.
  std::string_view rest(size_t bytes);
  // Leaves out records at the start of that text, which have so many line ends.
  void skip(size_t bytes, uint64_t lines) {
    window_.consume(bytes);
    nextLine_ += lines;
  }

  // Where the next record begins: its byte, and the line before it.
  uint64_t position() const { return window_.position() + consumed_; }
  uint64_t linesBefore() const { return nextLine_ - 1; }
  // Goes on there; false where the input ends before.
  bool seek(uint64_t position, uint64_t linesBefore) {
    consumed_ = 0;
    nextLine_ = linesBefore + 1;
    return window_.seek(position);
  }

 private:
  // AfterQuote: behind a quote in a quoted cell, which may be its last; AfterCell: behind blanks that follow it.
  enum class State : uint8_t { CellStart, Blanks, Unquoted, Quoted, AfterQuote, AfterCell, AfterQuoteReturn };
  struct Piece {
    size_t begin;
    size_t size;
    bool quoted;
    bool escaped;  // holds doubled quotes
  };

  void scan();
  // Takes characters from `position_`; true when the record is complete or broken.
  bool scanText(std::string_view text);
  void beginCell(std::string_view text);
  bool scanUnquoted(std::string_view text);
  bool scanQuoted(std::string_view text);
  bool afterQuote(std::string_view text);
  bool afterCell(std::string_view text);
  bool goesOn();
  bool endCell(size_t end, char at);
  void endOfInput(std::string_view text);
  bool broken(const char* problem, size_t resumeAt, size_t at);
  void skipLine(size_t from);
  void makeCells();

  InputWindow& window_;
  const CsvOptions& options_;
  bool quote_;
  bool trim_;
  char delimiter_;
  std::vector<bool> nested_;
  std::vector<CsvCell> cells_;
  std::vector<Piece> pieces_;
  std::string unescaped_;
  uint64_t line_ = 0;
  uint64_t nextLine_ = 1;
  uint64_t lineEnds_ = 0;
  size_t consumed_ = 0;
  const char* problem_ = nullptr;
  // Of the record that is being read; offsets into the window.
  State state_ = State::CellStart;
  size_t position_ = 0;
  size_t lastQuote_ = 0;  // of a quoted cell
  Piece piece_{};
};

}  // namespace featc
