// SPDX-License-Identifier: Apache-2.0
// Reads as two threads do: a piece is taken while the one before is not parsed yet.
#pragma once

#include <vector>

#include "data/record_reader.h"
#include "runtime/batch_builder.h"

namespace featc {

// Calls `settled(batch, rows, goesOn)` for each piece in order; `goesOn` is what the reader says of it. Ends where
// it does not.
template <class Settled>
void readPieces(const ProgramInfo& info, RecordReader& reader, int64_t maxItems, const Settled& settled) {
  struct Thread {
    explicit Thread(const ProgramInfo& info) : builder(info) {}
    ReadPiece piece;
    BatchBuilder builder;
    std::vector<InputRow> rows;
    bool hasPiece = false;
  };
  Thread first(info);
  Thread second(info);
  do {
    for (Thread* t : {&first, &second})
      t->hasPiece = reader.take(t->piece, t->builder, t->rows, maxItems) == ReadStatus::Batch;
    for (Thread* t : {&second, &first})
      if (t->hasPiece) reader.parse(t->piece, t->builder, t->rows);
    for (Thread* t : {&first, &second})
      if (t->hasPiece && reader.isNumberedLate()) reader.number(t->piece, t->rows);
    for (Thread* t : {&first, &second}) {
      if (!t->hasPiece) continue;
      bool goesOn = reader.settle(t->piece);
      settled(t->piece.batch(t->builder), t->rows, goesOn);
      if (!goesOn) return;
    }
  } while (first.hasPiece);
}

}  // namespace featc
