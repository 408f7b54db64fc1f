// SPDX-License-Identifier: Apache-2.0
// CSV records into a batch: one by one, or whole pieces of text by a thread of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/csv/csv_rows.h"
#include "data/record_reader.h"

namespace featc {

// What all pieces of a file share.
struct CsvFile {
  const CsvTable& table;
  std::string name;
  bool strict = false;
};

// Appends the rows of records to a batch, until there are `maxItems`; what is bad goes to `piece`, what is noted stays
// with `rowsOf`. `row` is the number of the next one. False: the records have come to an end.
bool readCsvRows(CsvRecordReader& records, const CsvFile& file, int64_t maxItems, CsvRows& rowsOf, uint64_t& row,
                 ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows);

// Of a piece whose text holds whole records.
std::unique_ptr<PieceParser> newCsvPieceParser(const CsvFile& file);

}  // namespace featc
