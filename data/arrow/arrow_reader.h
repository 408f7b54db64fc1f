// SPDX-License-Identifier: Apache-2.0
// Reads a stream of Arrow record batches as every other input format is read.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/arrow/arrow_batch.h"
#include "data/record_reader.h"

namespace featc {

// Rows that several threads may read beside each other.
struct ArrowPieces {
  int64_t rows = 0;
  int64_t pieceRows = 0;  // of each piece but the last; 0: there are none
  // Makes `out` the batches of a piece; from any thread, each piece once. Why it cannot; empty: it can.
  std::function<std::string(int64_t piece, ArrowArrayStream* out)> read = {};
};

// Where record batches come from.
struct ArrowInput {
  ArrowOwner<ArrowArrayStream> stream;
  // Called once, before the first batch: batches then have only the columns of which something is wanted, in their
  // order. It may want more, or nothing where Presence was wanted and no value is missing. Why it cannot; empty: it
  // can. Not set: batches have all columns.
  std::function<std::string(std::vector<ArrowWanted>& wanted)> choose = {};
  // Called once, after choose(): the rows in pieces, to be read instead of the stream. Not set: there is only the
  // stream.
  std::function<std::string(ArrowPieces& pieces)> split = {};
  // All offsets of the batches were checked.
  bool isChecked = false;
};

// Columns bind as docs/arrow.md says. A column that does not fit ends the reading; a row with a value that its
// field cannot hold is bad. `file` is the name in messages, a row's line its number from 1.
std::unique_ptr<RecordReader> newArrowReader(const ProgramInfo& info, ArrowInput in, std::string file, bool strict,
                                             DataSink sink);

}  // namespace featc
