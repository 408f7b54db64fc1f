// SPDX-License-Identifier: Apache-2.0
// What every input format has in common: batches out of a stream, numbers that stay those of the
// input, and bad data that is told and counted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/data_notes.h"
#include "data/input_stream.h"
#include "runtime/batch_builder.h"

namespace featc {

// Where an item of a batch stood in the input. All but the line count from 0, and count dropped
// items and requests too.
struct InputRow {
  uint64_t row = 0;      // among all items of the input
  uint64_t request = 0;  // among all requests
  uint64_t item = 0;     // within its request
  uint64_t line = 0;     // from 1: where its record begins
};

// A message about the input: an error is data that was dropped, a warning is not.
struct DataMessage {
  bool isError = true;
  std::string file;
  uint64_t line = 0;  // 0: about the whole file
  std::string text;

  // `FILE:LINE: TEXT`, warnings as `FILE: warning: TEXT`.
  std::string render() const;
};
using DataSink = std::function<void(const DataMessage&)>;

// Of the whole input so far; good ones are the difference.
struct InputCounts {
  uint64_t requests = 0;     // bad ones included
  uint64_t items = 0;        // dropped ones included
  uint64_t badRequests = 0;  // unreadable lines included
  uint64_t badItems = 0;     // bad themselves
  uint64_t lostItems = 0;    // items of bad requests
};

// Where reading continues after the batches that were handed out, for a new reader of the same input.
struct ReaderPosition {
  uint64_t offset = 0;  // bytes
  uint64_t line = 0;    // of what was read last
  InputCounts counts;
  std::vector<bool> seen;               // by field: whether it ever appeared
  std::vector<bool> parsed;             // by field: whether a value of it was read
  std::vector<std::string> undeclared;  // names without a field
  std::vector<DataNote> notes;
};

enum class ReadStatus : uint8_t {
  Batch,   // the builder holds at least one request
  End,     // the input is finished
  Failed,  // reading cannot go on: an unreadable file, a header that is wrong, bad data when strict
};

struct ReadPiece;

// `used`, by field, with all members of a list of structs of which one is used: they are read together, since they must
// be equally long. Empty stays empty: all are used.
std::vector<bool> withWholeLists(const std::vector<InputInfo>& inputs, std::vector<bool> used);

// Makes batches of pieces, beside the reader and other parsers; each thread has its own.
class PieceParser {
 public:
  virtual ~PieceParser() = default;
  virtual void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) = 0;
};

// The batch of a piece whose reader does not fill a builder.
class PieceColumns {
 public:
  virtual ~PieceColumns() = default;
  // Borrows from this object; valid while it lives and nobody fills it anew.
  virtual Batch batch() = 0;
};

// A part of the input on its way through take(), parse(), number() and settle(). A thread uses one again and again.
struct ReadPiece {
  void clear() {
    columns.reset();
    text.clear();
    messages.clear();
    notes.clear();
    parsed.clear();
    counts = {};
    stops = hasPosition = false;
  }

  // What is in the piece, once it is parsed.
  Batch batch(BatchBuilder& builder) const { return columns != nullptr ? columns->batch() : builder.batch(); }

  std::shared_ptr<PieceColumns> columns;  // null: the builder has the batch
  std::string text;                       // what is still to be parsed; empty: the batch is whole
  uint64_t firstRow = 0;                  // number of the text's first row
  uint64_t linesBefore = 0;               // line ends before the text
  bool hasPosition = false;
  ReaderPosition position;  // behind the piece; once it is settled
  // What is told and counted when it is settled.
  std::vector<DataMessage> messages;
  std::vector<DataNote> notes;
  std::vector<uint8_t> parsed;  // by field; empty: counted when it was taken
  InputCounts counts;           // requests and items only where they were not counted when it was taken
  bool stops = false;           // a strict reader found bad data: nothing behind it counts
  std::unique_ptr<PieceParser> parser;
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  // Clears `builder` and `rows`, then reads until there are `maxItems` items or more (a request is
  // never split), or as many requests. `rows` has one entry an item of the batch.
  virtual ReadStatus next(BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) = 0;

  // Tells which fields anything is computed of (ProgramLayout::inputUsed). Before the first batch, which then lacks
  // the values of all others, whatever they are: their columns are absent, those of required fields there without
  // values. Rows in which a required field is missing are bad all the same.
  void useOnly(const std::vector<bool>& used) { used_ = withWholeLists(inputs_, used); }

  // -- On several threads: a piece is taken, parsed, numbered and settled instead of next() --

  // Takes the next piece, of about `maxItems`; one thread at a time. Batch: there is a piece, be it of bad rows only.
  virtual ReadStatus take(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) {
    ReadStatus status = next(builder, rows, maxItems);
    piece.hasPosition = position(piece.position);
    return status;
  }
  // Makes what is left of the piece's batch, beside other threads. It may come to nothing.
  virtual void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) const {
    (void)piece, (void)builder, (void)rows;
  }
  // Whether take() cannot know how rows are numbered: they then count from the piece's first until number() is called,
  // behind parse().
  virtual bool isNumberedLate() const { return false; }
  // In the order in which pieces were taken, one thread at a time.
  virtual void number(const ReadPiece& piece, std::vector<InputRow>& rows) { (void)piece, (void)rows; }
  // Tells what is bad in the piece; in the order in which pieces were taken, one thread at a time. False: reading ends
  // behind this piece.
  virtual bool settle(ReadPiece& piece) {
    (void)piece;
    return true;
  }

  // False: this format can only be read from its beginning.
  virtual bool position(ReaderPosition& out) const {
    (void)out;
    return false;
  }
  // Goes on there; before the first next().
  virtual void resumeAt(ReaderPosition position) { (void)position; }

  const InputCounts& counts() const { return counts_; }
  // Tells what was counted in all that was read and settled: once, behind the last piece.
  void tellNotes();

 protected:
  RecordReader(std::string file, bool strict, DataSink sink, std::vector<InputInfo> inputs = {})
      : file_(std::move(file)),
        strict_(strict),
        sink_(std::move(sink)),
        inputs_(std::move(inputs)),
        notes_(inputs_.size()),
        parsed_(inputs_.size()) {}

  // Whether values of the field are wanted.
  bool isUsed(size_t field) const { return used_.empty() || used_[field]; }

  // What its source says of how it was read.
  virtual std::string remark() const { return {}; }
  // Warns of what only the whole input shows.
  virtual void tellEnd() {}

  void warn(std::string text) {
    if (!stopped_) sink_({false, file_, 0, std::move(text)});
  }
  // Data was dropped. A strict reader stops at the first.
  void bad(uint64_t line, std::string text) {
    if (stopped_) return;
    stopped_ = strict_;
    sink_({true, file_, line, std::move(text)});
  }
  // Reading cannot go on.
  void fail(uint64_t line, std::string text) {
    bad(line, std::move(text));
    stopped_ = true;
  }
  // What next() returns once it has read what it can.
  ReadStatus status(const BatchBuilder& builder) const {
    if (builder.requests() > 0) return ReadStatus::Batch;
    return stopped_ ? ReadStatus::Failed : ReadStatus::End;
  }

  std::string file_;
  bool strict_;
  bool stopped_ = false;
  DataSink sink_;
  InputCounts counts_;
  std::vector<InputInfo> inputs_;
  std::vector<bool> used_;  // by field; empty: all are
  DataNotes notes_;
  std::vector<bool> parsed_;  // by field: whether a value of it was read
};

}  // namespace featc
