// SPDX-License-Identifier: Apache-2.0
// The state machine behind CSV: cells, quotes, line ends, and how to go on after a mistake.
#include "data/csv/csv_record.h"

#include <algorithm>
#include <utility>

namespace featc {

bool CsvRecordReader::next() {
  window_.consume(consumed_);
  consumed_ = 0;
  cells_.clear();
  pieces_.clear();
  problem_ = nullptr;
  if (window_.text().empty() && !window_.grow()) return false;
  line_ = nextLine_;
  scan();
  if (problem_ == nullptr) {
    makeCells();
    auto record = window_.text().substr(0, consumed_);
    lineEnds_ = static_cast<uint64_t>(std::count(record.begin(), record.end(), '\n'));
    nextLine_ += lineEnds_;
  }
  return true;
}

std::string_view CsvRecordReader::rest(size_t bytes) {
  window_.consume(std::exchange(consumed_, 0));
  while (window_.text().size() < bytes && window_.grow()) {
  }
  return window_.text().substr(0, bytes);
}

void CsvRecordReader::scan() {
  state_ = State::CellStart;
  position_ = 0;
  for (;;) {
    if (scanText(window_.text())) return;
    if (position_ > options_.maxRecordBytes) {
      // The end of a quote may have been missed: look for records behind the first line.
      bool quoted = state_ == State::Quoted;
      broken(quoted ? "a quote is not closed within the longest record" : "the record is too long",
             quoted ? 0 : position_, quoted ? piece_.begin : 0);
      return;
    }
    if (!window_.grow()) return endOfInput(window_.text());
  }
}

bool CsvRecordReader::scanText(std::string_view text) {
  while (position_ < text.size()) {
    bool done = false;
    switch (state_) {
      case State::CellStart:
      case State::Blanks: beginCell(text); break;
      case State::Unquoted: done = scanUnquoted(text); break;
      case State::Quoted: done = scanQuoted(text); break;
      case State::AfterQuote: done = afterQuote(text); break;
      case State::AfterCell: done = afterCell(text); break;
      case State::AfterQuoteReturn:
        if (text[position_] != '\n') return goesOn();
        done = endCell(lastQuote_, '\n');
        break;
    }
    if (done) return true;
  }
  return false;
}

// Blanks before a quote are not part of the cell where they are taken off.
void CsvRecordReader::beginCell(std::string_view text) {
  if (state_ == State::CellStart) piece_ = {position_, 0, false, false};
  char c = text[position_];
  if (trim_ && isCsvBlank(c, options_)) {
    state_ = State::Blanks;
    ++position_;
    return;
  }
  bool quote = quote_ && c == '"';
  state_ = quote ? State::Quoted : State::Unquoted;
  if (quote) piece_ = {++position_, 0, true, false};
}

bool CsvRecordReader::scanUnquoted(std::string_view text) {
  const char* at = text.data() + position_;
  const char* end = text.data() + text.size();
  while (at != end && *at != delimiter_ && *at != '\n') ++at;
  position_ = static_cast<size_t>(at - text.data());
  if (at == end) return false;
  bool windowsEnd = *at == '\n' && position_ > piece_.begin && at[-1] == '\r';
  return endCell(position_ - (windowsEnd ? 1 : 0), *at);
}

bool CsvRecordReader::scanQuoted(std::string_view text) {
  position_ = std::min(text.find('"', position_), text.size());
  if (position_ == text.size()) return false;
  lastQuote_ = position_++;
  state_ = State::AfterQuote;
  return false;
}

// Behind a quote within a quoted cell: a second one, or the cell's end.
bool CsvRecordReader::afterQuote(std::string_view text) {
  char c = text[position_];
  if (c == '"') {
    piece_.escaped = true;
    state_ = State::Quoted;
    ++position_;
    return false;
  }
  bool empty = lastQuote_ == piece_.begin;
  size_t column = pieces_.size();
  if (c == options_.listDelimiter && c != delimiter_ && empty && column < nested_.size() && nested_[column]) {
    piece_ = {piece_.begin - 1, 0, false, false};
    state_ = State::Unquoted;
    return false;
  }
  return afterCell(text);
}

// Behind the closing quote.
bool CsvRecordReader::afterCell(std::string_view text) {
  char c = text[position_];
  if (c == delimiter_ || c == '\n') return endCell(lastQuote_, c);
  if (c == '\r' || (trim_ && isCsvBlank(c, options_))) {
    state_ = c == '\r' ? State::AfterQuoteReturn : State::AfterCell;
    ++position_;
    return false;
  }
  return goesOn();
}

// The end of the quote may have been missed: records are looked for behind the line in which it begins.
bool CsvRecordReader::goesOn() {
  return broken("a quoted cell continues after its closing quote", piece_.begin, piece_.begin);
}

// The cell ends before `end`, and at `position_` stands the delimiter or line feed `at`.
bool CsvRecordReader::endCell(size_t end, char at) {
  piece_.size = end - piece_.begin;
  pieces_.push_back(piece_);
  ++position_;
  state_ = State::CellStart;
  if (at != '\n') {
    // An empty last cell has no character of its own.
    piece_ = {position_, 0, false, false};
    return false;
  }
  consumed_ = position_;
  return true;
}

void CsvRecordReader::endOfInput(std::string_view text) {
  size_t end = text.size();
  // What was not read may belong to the record.
  if (!window_.error().empty()) {
    broken("the input breaks off in this record", end, 0);
    return;
  }
  switch (state_) {
    case State::Quoted: broken("a quote is not closed", 0, piece_.begin); return;
    case State::AfterQuoteReturn:
    case State::AfterCell:
    case State::AfterQuote: end = lastQuote_; break;
    case State::Blanks:
    case State::Unquoted:
      if (end > piece_.begin && text[end - 1] == '\r') --end;
      break;
    case State::CellStart: break;
  }
  endCell(end, '\n');
  consumed_ = text.size();
}

// Reports a mistake at offset `at`, and continues after the first line end from `resumeAt`.
bool CsvRecordReader::broken(const char* problem, size_t resumeAt, size_t at) {
  problem_ = problem;
  uint64_t firstLine = line_;
  std::string_view before = window_.text().substr(0, at);
  line_ = firstLine + static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  before = window_.text().substr(0, resumeAt);
  nextLine_ = firstLine + static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  skipLine(resumeAt);
  return true;
}

void CsvRecordReader::skipLine(size_t from) {
  for (;;) {
    size_t end = window_.text().find('\n', from);
    if (end != std::string_view::npos) {
      window_.consume(end + 1);
      ++nextLine_;
      return;
    }
    window_.consume(window_.text().size());
    from = 0;
    if (!window_.grow()) return;
  }
}

void CsvRecordReader::makeCells() {
  std::string_view text = window_.text();
  size_t escaped = 0;
  for (const Piece& piece : pieces_)
    if (piece.escaped) escaped += piece.size;
  unescaped_.clear();
  unescaped_.reserve(escaped);  // views into it must not move
  for (const Piece& piece : pieces_) {
    std::string_view cell = text.substr(piece.begin, piece.size);
    if (piece.escaped) {
      size_t start = unescaped_.size();
      for (size_t i = 0; i < cell.size(); ++i) {
        unescaped_.push_back(cell[i]);
        if (cell[i] == '"') ++i;
      }
      cell = std::string_view(unescaped_).substr(start);
    }
    cells_.push_back({cell, piece.quoted});
  }
}

}  // namespace featc
