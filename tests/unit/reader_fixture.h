// SPDX-License-Identifier: Apache-2.0
// Reads texts as requests and shows what came of it, for the tests of readers.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "data/csv/csv_reader.h"
#include "data/json/json_reader.h"
#include "tests/common/catch.h"
#include "tests/common/show_column.h"

namespace featc::test {

inline ProgramInfo info(std::vector<std::pair<std::string, std::string>> fields) {
  ProgramInfo out;
  for (auto& [name, type] : fields) {
    size_t dot = name.find('.');
    out.inputs.push_back(
        {name.substr(0, dot) == "request" ? Scope::Request : Scope::Item, name.substr(dot + 1), *parseType(type)});
  }
  return out;
}

struct Read {
  std::vector<std::string> items;  // `row/request/item@line: values of request fields | of item fields`
  std::vector<std::string> messages;
  InputCounts counts;
  ReadStatus end = ReadStatus::Batch;
};

inline void note(const ProgramInfo& program, const Batch& batch, const std::vector<InputRow>& rows, Read& out) {
  REQUIRE(batch.itemOffsets[batch.requests] == batch.items);
  REQUIRE(rows.size() == static_cast<size_t>(batch.items));
  for (int64_t r = 0; r < batch.requests; ++r) {
    for (int64_t i = batch.itemOffsets[r]; i < batch.itemOffsets[r + 1]; ++i) {
      const InputRow& row = rows[static_cast<size_t>(i)];
      std::string text = fmt::format("{}/{}/{}@{}:", row.row, row.request, row.item, row.line);
      for (size_t f = 0; f < program.inputs.size(); ++f) {
        const InputInfo& input = program.inputs[f];
        text += fmt::format(" {}", show(batch.columns[f], input.type, input.scope == Scope::Request ? r : i));
      }
      out.items.push_back(text);
    }
  }
}

template <class NewReader>
Read read(const ProgramInfo& program, NewReader newReader, int64_t maxItems = 3) {
  Read out;
  std::unique_ptr<RecordReader> reader = newReader([&](const DataMessage& m) { out.messages.push_back(m.render()); });
  BatchBuilder builder(program);
  std::vector<InputRow> rows;
  while ((out.end = reader->next(builder, rows, maxItems)) == ReadStatus::Batch)
    note(program, builder.batch(), rows, out);
  reader->tellNotes();
  out.counts = reader->counts();
  return out;
}

// The same as threads read: a piece taken, parsed and settled.
template <class NewReader>
Read readPieces(const ProgramInfo& program, NewReader newReader, int64_t maxItems = 3) {
  Read out;
  std::unique_ptr<RecordReader> reader = newReader([&](const DataMessage& m) { out.messages.push_back(m.render()); });
  BatchBuilder builder(program);
  std::vector<InputRow> rows;
  ReadPiece piece;
  while ((out.end = reader->take(piece, builder, rows, maxItems)) == ReadStatus::Batch) {
    reader->parse(piece, builder, rows);
    if (reader->isNumberedLate()) reader->number(piece, rows);
    note(program, piece.batch(builder), rows, out);
    ReaderPosition position;
    bool goesOn = reader->settle(piece);
    REQUIRE(reader->position(position) == piece.hasPosition);
    CHECK((position.offset == piece.position.offset && position.line == piece.position.line));
    CHECK(position.counts.items == piece.position.counts.items);
    CHECK(position.counts.badItems == piece.position.counts.badItems);
    CHECK((position.notes == piece.position.notes && position.parsed == piece.position.parsed));
    if (!goesOn) {
      out.end = ReadStatus::Failed;
      break;
    }
  }
  reader->tellNotes();
  out.counts = reader->counts();
  return out;
}

inline void checkSame(const Read& a, const Read& b) {
  CHECK(a.items == b.items);
  CHECK(a.messages == b.messages);
  CHECK(a.end == b.end);
  CHECK(a.counts.requests == b.counts.requests);
  CHECK(a.counts.badItems == b.counts.badItems);
}

// `used`, by field: RecordReader::useOnly; empty: all.
inline Read readJson(const ProgramInfo& program, const std::string& text, bool strict = false, size_t chunk = SIZE_MAX,
                     const std::vector<bool>& used = {}) {
  auto newReader = [&](DataSink sink) {
    std::unique_ptr<RecordReader> reader =
        newJsonReader(program, memorySource(text, chunk), "in", strict, std::move(sink));
    if (!used.empty()) reader->useOnly(used);
    return reader;
  };
  Read out = read(program, newReader);
  for (int64_t maxItems : {1, 3, 1000}) checkSame(out, readPieces(program, newReader, maxItems));
  return out;
}

inline Read readCsv(const ProgramInfo& program, const std::string& text, CsvOptions options = {},
                    size_t chunk = SIZE_MAX, bool strict = false) {
  auto newReader = [&](DataSink sink) {
    return newCsvReader(program, memorySource(text, chunk), "in", strict, std::move(sink), options);
  };
  Read out = read(program, newReader);
  // Alone in its piece every row is the first.
  for (int64_t maxItems : {1, 3, 1000}) {
    Read pieces = readPieces(program, newReader, maxItems);
    // A strict reader of larger pieces has taken rows behind the bad one.
    if (strict) pieces.counts = out.counts;
    checkSame(out, pieces);
  }
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace featc::test
