// SPDX-License-Identifier: Apache-2.0
// What holds for a reader of requests whatever it reads, for the fuzz targets of the readers.
#pragma once

#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/record_reader.h"
#include "tests/common/read_pieces.h"
#include "tests/common/show_column.h"
#include "tests/fuzz/require.h"

namespace featc {

using NewReader =
    std::function<std::unique_ptr<RecordReader>(const ProgramInfo&, std::unique_ptr<ByteSource>, DataSink)>;

inline ProgramInfo readerProgram() {
  auto type = [](const char* text) { return *parseType(text); };
  ProgramInfo info;
  info.inputs = {{Scope::Request, "a", type("int64?")},
                 {Scope::Request, "b", type("map<int64, string>?")},
                 {Scope::Request, "s", type("string?")},
                 {Scope::Item, "a", type("bool?")},
                 {Scope::Item, "f", type("float64")},
                 {Scope::Item, "l", type("list<string>?")},
                 {Scope::Item, "m", type("map<string, float64>?")},
                 {Scope::Item, "n", type("list<int64>?")},
                 {Scope::Item, "ll", type("list<list<string>>?")},
                 {Scope::Item, "mm", type("map<string, map<int64, float64>>?")},
                 {Scope::Item, "t", type("list<timestamp>?")},
                 {Scope::Item, "c.id", type("list<int64>?"), "c"},
                 {Scope::Item, "c.tags", type("list<list<string>>?"), "c"}};
  return info;
}

inline void checkColumn(const ColumnData& column, Type type, int64_t rows) {
  require(column.length == rows);
  // Of a field that is not used.
  if (column.absent || (column.values == nullptr && column.offsets == nullptr)) return;
  if (type.is(Kind::String) || type.isList() || type.isMap()) {
    const auto* offsets = static_cast<const int64_t*>(column.offsets);
    require(offsets[0] == 0);
    for (int64_t i = 0; i < rows; ++i) require(offsets[i] <= offsets[i + 1]);
    if (type.isList()) checkColumn(*column.children[0], type.element(), offsets[rows]);
    if (type.isMap()) {
      checkColumn(*column.children[0], type.key(), offsets[rows]);
      checkColumn(*column.children[1], type.value(), offsets[rows]);
      require(column.children[0]->validity == nullptr);
    }
  }
}

inline void note(const ProgramInfo& info, const Batch& batch, const std::vector<InputRow>& rows, std::string& log) {
  int64_t request = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto item = static_cast<int64_t>(i);
    while (batch.itemOffsets[request + 1] <= item) ++request;
    log += std::to_string(rows[i].row) + "@" + std::to_string(rows[i].line);
    for (size_t f = 0; f < info.inputs.size(); ++f)
      log += " " +
             test::show(batch.columns[f], info.inputs[f].type, info.inputs[f].scope == Scope::Request ? request : item);
    log += "\n";
  }
}

// What was said, where the items stood and what they are.
struct ReadLog {
  std::string said;
  std::string rows;
  bool operator==(const ReadLog&) const = default;
};

// Reads all of `text`, which comes in chunks of `chunk` bytes.
inline ReadLog readAll(std::string_view text, size_t chunk, const NewReader& newReader) {
  ProgramInfo info = readerProgram();
  std::string said;
  std::string stood;
  auto reader = newReader(info, memorySource(text, chunk), [&](const DataMessage& m) { said += m.render() + "\n"; });
  BatchBuilder builder(info);
  std::vector<InputRow> rows;
  uint64_t items = 0;
  while (reader->next(builder, rows, 3) == ReadStatus::Batch) {
    Batch batch = builder.batch();
    require(batch.itemOffsets[batch.requests] == batch.items);
    require(rows.size() == static_cast<size_t>(batch.items));
    for (size_t i = 0; i < info.inputs.size(); ++i)
      checkColumn(batch.columns[i], info.inputs[i].type,
                  info.inputs[i].scope == Scope::Request ? batch.requests : batch.items);
    // Members of a list of structs are equally long.
    size_t last = info.inputs.size() - 1;
    for (int64_t i = 0; i <= batch.items && !batch.columns[last].absent; ++i)
      require(static_cast<const int64_t*>(batch.columns[last - 1].offsets)[i] ==
              static_cast<const int64_t*>(batch.columns[last].offsets)[i]);
    items += rows.size();
    note(info, batch, rows, stood);
  }
  reader->tellNotes();
  const InputCounts& counts = reader->counts();
  require(items + counts.badItems + counts.lostItems <= counts.items);
  return {said, stood};
}

// As two threads read it: a piece is taken while the one before is not parsed yet.
inline ReadLog readInPieces(std::string_view text, size_t chunk, const NewReader& newReader) {
  ProgramInfo info = readerProgram();
  ReadLog log;
  auto reader =
      newReader(info, memorySource(text, chunk), [&](const DataMessage& m) { log.said += m.render() + "\n"; });
  readPieces(info, *reader, 3, [&](const Batch& batch, const std::vector<InputRow>& rows, bool goesOn) {
    require(goesOn);
    note(info, batch, rows, log.rows);
  });
  reader->tellNotes();
  return log;
}

// Where the input is cut into pieces must not matter.
inline void checkReader(std::string_view text, const NewReader& newReader) {
  size_t chunk = text.empty() ? 1 : static_cast<unsigned char>(text[0]) % 31 + 1;
  ReadLog whole = readAll(text, SIZE_MAX, newReader);
  require(whole == readAll(text, chunk, newReader));
  require(whole == readInPieces(text, chunk, newReader));
}

}  // namespace featc
