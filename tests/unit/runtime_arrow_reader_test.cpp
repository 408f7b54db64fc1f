// SPDX-License-Identifier: Apache-2.0
// Record batches read as other input is: bad rows are left out and told.
#include <string>
#include <vector>

#include "arrow_fixture.h"
#include "data/arrow/arrow_reader.h"
#include "tests/common/catch.h"
#include "tests/common/read_pieces.h"

using namespace featc;
using namespace featc::test;

namespace {

std::vector<HandArray> only(HandArray table) {
  std::vector<HandArray> all;
  all.push_back(std::move(table));
  return all;
}

struct Read {
  std::string said;
  std::string origins;  // row/request/item of each good item
  InputCounts counts;
  int64_t items = 0;
  std::vector<int64_t> firstColumn;  // of the items' first int64 field

  // With `pieces` as threads read: the next piece is taken before this one is parsed.
  Read(const ProgramInfo& info, std::vector<HandArray> tables, bool strict = false, int64_t maxItems = 2,
       bool pieces = false) {
    auto reader = newArrowReader(info, {streamOf(std::move(tables))}, "in", strict,
                                 [this](const DataMessage& message) { said += message.render() + "\n"; });
    BatchBuilder builder(info);
    std::vector<InputRow> rows;
    auto settled = [&](const Batch& read, const std::vector<InputRow>& its, bool) { note(read, its); };
    if (pieces)
      readPieces(info, *reader, maxItems, settled);
    else
      while (reader->next(builder, rows, maxItems) == ReadStatus::Batch) note(builder.batch(), rows);
    reader->tellNotes();
    counts = reader->counts();
  }

 private:
  void note(const Batch& batch, const std::vector<InputRow>& rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
      origins += std::to_string(rows[i].row) + "/" + std::to_string(rows[i].request) + "/" +
                 std::to_string(rows[i].item) + " ";
      firstColumn.push_back(static_cast<const int64_t*>(batch.columns[0].values)[i]);
    }
    items += batch.items;
  }
};

ProgramInfo infoOf(std::vector<InputInfo> inputs) {
  ProgramInfo info;
  info.inputs = std::move(inputs);
  return info;
}
InputInfo item(const char* name, const char* type) { return {Scope::Item, name, *parseType(type)}; }

}  // namespace

TEST_CASE("bad rows of a table are left out and told", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64"), item("tags", "list<string>?")});
  const bool pieces = GENERATE(false, true);
  std::vector<HandArray> tables;
  tables.push_back(table(numberArray<double>("g", {1, 2.5, 3}).named("x"),
                         listArray<int32_t>("+l", {0, 1, 2, 2}, strings({"a", "b"})).named("tags")));
  tables.push_back(table(numberArray<double>("g", {4, 5}).nulls({0b01}).named("x"),
                         listArray<int32_t>("+l", {0, 0, 1}, strings({"c"})).named("tags")));
  Read read(info, std::move(tables), false, 2, pieces);
  CHECK(read.said ==
        "in:2: x: expected int64, found a float that is not whole or too large to be exact\n"
        "in:5: x is missing\n");
  CHECK(read.origins == "0/0/0 2/2/0 3/3/0 ");
  CHECK(read.firstColumn == std::vector<int64_t>{1, 3, 4});
  CHECK(read.counts.items == 5);
  CHECK(read.counts.badItems == 2);
}

TEST_CASE("integers beyond int64 keep their bits, which is told at the end", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64")});
  const bool pieces = GENERATE(false, true);
  std::vector<HandArray> tables;
  tables.push_back(table(numberArray<uint64_t>("L", {1, 2}).named("x")));
  tables.push_back(table(numberArray<uint64_t>("L", {3, UINT64_MAX, uint64_t{1} << 63U}).named("x")));
  Read read(info, std::move(tables), false, 2, pieces);
  CHECK(read.said ==
        "in: warning: item.x: 2 integers were beyond int64 (first in line 4: \"18446744073709551615\"), which kept its "
        "64 "
        "bits and became negative\n");
  CHECK(read.firstColumn == std::vector<int64_t>{1, 2, 3, -1, INT64_MIN});
  CHECK(read.counts.badItems == 0);
}

TEST_CASE("a strict reader ends at the first bad row", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64")});
  const bool pieces = GENERATE(false, true);
  Read read(info, only(table(numberArray<int64_t>("l", {1, 2, 3}).nulls({0b101}).named("x"))), true, 1, pieces);
  CHECK(read.said == "in:2: x is missing\n");
  CHECK(read.items == 1);
}

TEST_CASE("requests with nested items: a bad request takes its items along", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64"), {Scope::Request, "user", Type::int64()}});
  const bool pieces = GENERATE(false, true);
  const int64_t maxItems = GENERATE(1, 2, 100);
  std::vector<HandArray> fields;
  fields.push_back(numberArray<int64_t>("l", {7, 8, 9, 10}).nulls({0b1101}).named("x"));
  Read read(info,
            only(table(numberArray<int64_t>("l", {1, 2, 3}).nulls({0b101}).named("user"),
                       listArray<int32_t>("+l", {0, 2, 3, 4}, structArray(4, std::move(fields))).named("items"))),
            false, maxItems, pieces);
  CHECK(read.said == "in:1: item 1: x is missing\nin:2: user is missing\n");
  CHECK(read.origins == "0/0/0 3/2/0 ");
  CHECK(read.firstColumn == std::vector<int64_t>{7, 10});
  CHECK(read.counts.badItems == 1);
  CHECK(read.counts.badRequests == 1);
  CHECK(read.counts.lostItems == 1);
}

TEST_CASE("columns of every layout are read value by value", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64"), item("s", "string?"), item("l", "list<string>")});
  auto rows = [] {
    return table(
        dictionaryArray<int8_t>("c", {1, 0, 1, 0}, numberArray<int16_t>("s", {7, 8})).sliced(1, 3).named("x"),
        textArray<int64_t>("U", {"a", "b", "c", "d"}).nulls({0b1011}).sliced(1, 3).named("s"),
        listArray<int64_t>("+L", {0, 0, 1, 1, 3}, textArray<int64_t>("U", {"p", "q", "r"})).sliced(1, 3).named("l"));
  };
  // In chunks, of which each begins in the middle of its buffers.
  std::vector<HandArray> tables;
  tables.push_back(rows());
  tables.push_back(rows());
  auto reader = newArrowReader(info, {streamOf(std::move(tables))}, "in", true,
                               [](const DataMessage& message) { FAIL(message.render()); });
  BatchBuilder builder(info);
  std::vector<InputRow> origins;
  REQUIRE(reader->next(builder, origins, 100) == ReadStatus::Batch);
  REQUIRE(origins.size() == 6);
  const Batch batch = builder.batch();
  for (int64_t i = 0; i < 6; ++i) {
    const auto row = static_cast<size_t>(i % 3);
    INFO(i);
    CHECK(static_cast<const int64_t*>(batch.columns[0].values)[i] == std::vector<int64_t>{7, 8, 7}[row]);
    CHECK(bitAt(batch.columns[1].validity, static_cast<uint64_t>(i)) == (row != 1));
  }
  auto text = [](const ColumnData& column, int64_t at) {
    const auto* offsets = static_cast<const int64_t*>(column.offsets);
    const auto* bytes = static_cast<const char*>(column.values);
    return std::string(bytes + offsets[at], bytes + offsets[at + 1]);
  };
  CHECK(text(batch.columns[1], 0) + text(batch.columns[1], 2) + text(batch.columns[1], 5) == "bdd");
  const auto* offsets = static_cast<const int64_t*>(batch.columns[2].offsets);
  CHECK(std::vector<int64_t>(offsets, offsets + 7) == std::vector<int64_t>{0, 1, 1, 3, 4, 4, 6});
  std::string all;
  for (int64_t i = 0; i < 6; ++i) all += text(*batch.columns[2].children[0], i);
  CHECK(all == "pqrpqr");
}

TEST_CASE("only columns that are used are asked for, and whether those of required fields are missing", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64"), item("unused", "string?"), item("required", "string"),
                             item("surely", "list<string>"), item("floats", "int64?"), item("wide", "int64?")});
  HandArray whole =
      table(numberArray<int64_t>("l", {}).named("x"), strings({}).named("unused"), strings({}).named("required"),
            listArray<int32_t>("+l", {0}, strings({})).named("surely"), numberArray<double>("g", {}).named("floats"),
            numberArray<uint64_t>("L", {}).named("wide"), numberArray<int64_t>("l", {}).named("nobody"));
  // Of `required` one is missing; `surely` turns out to have all.
  std::vector<HandArray> tables;
  tables.push_back(table(numberArray<int64_t>("l", {1, 2, 3, 4}).named("x"),
                         strings({"a", "b", "c", "d"}).nulls({0b1101}).named("required")));
  tables[0].schema = std::move(whole.schema);
  std::vector<ArrowWanted> asked;
  ArrowInput input{streamOf(std::move(tables)), [&asked](std::vector<ArrowWanted>& wanted) {
                     asked = wanted;
                     wanted[3] = ArrowWanted::Nothing;
                     return std::string();
                   }};
  input.isChecked = GENERATE(false, true);
  std::string said;
  auto reader = newArrowReader(info, std::move(input), "in", false,
                               [&said](const DataMessage& message) { said += message.render() + "\n"; });
  reader->useOnly({true, false, false, false, false, false});
  BatchBuilder builder(info);
  std::vector<InputRow> rows;
  REQUIRE(reader->next(builder, rows, 10) == ReadStatus::Batch);
  reader->tellNotes();
  using enum ArrowWanted;
  CHECK(asked == std::vector{Values, Nothing, Presence, Presence, Nothing, Nothing, Nothing});
  CHECK(said ==
        "in: warning: no field is declared for the column \"nobody\"\n"
        "in:2: required is missing\n");
  REQUIRE(rows.size() == 3);
  CHECK(rows[1].row == 2);
  const Batch batch = builder.batch();
  CHECK(static_cast<const int64_t*>(batch.columns[0].values)[1] == 3);
  CHECK(batch.columns[3].length == 3);
}

TEST_CASE("values of fields that are not used make no row bad, where rows lie or are copied", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64"), item("floats", "int64"), item("wide", "int64?")});
  std::vector<HandArray> tables;
  tables.push_back(table(numberArray<int64_t>("l", {1, 2, 3, 4}).named("x"),
                         numberArray<double>("g", {1, 0.5, 2.5, 3}).nulls({0b1011}).named("floats"),
                         numberArray<uint64_t>("L", {1, 2, 3, UINT64_MAX}).named("wide")));
  ArrowInput input{streamOf(std::move(tables))};
  input.isChecked = GENERATE(false, true);
  std::string said;
  auto reader = newArrowReader(info, std::move(input), "in", false,
                               [&said](const DataMessage& message) { said += message.render() + "\n"; });
  reader->useOnly({true, false, false});
  std::vector<int64_t> read;
  readPieces(info, *reader, 2, [&](const Batch& batch, const std::vector<InputRow>&, bool) {
    const ColumnData& x = batch.columns[0];
    for (int64_t i = 0; i < batch.items; ++i) read.push_back(static_cast<const int64_t*>(x.values)[x.offset + i]);
    CHECK(batch.columns[2].absent);
    CHECK(!batch.columns[1].absent);
  });
  reader->tellNotes();
  CHECK(read == std::vector<int64_t>{1, 2, 4});
  CHECK(said == "in:3: floats is missing\n");
}

// As a file whose pieces threads read themselves.
ArrowInput inPieces(std::vector<std::vector<HandArray>> pieces, int64_t rows, int64_t pieceRows, HandArray schema) {
  auto all = std::make_shared<std::vector<std::vector<HandArray>>>(std::move(pieces));
  ArrowInput input{streamOf(only(std::move(schema)))};
  input.isChecked = true;
  input.split = [=](ArrowPieces& to) {
    to.rows = rows;
    to.pieceRows = pieceRows;
    to.read = [=](int64_t piece, ArrowArrayStream* out) {
      std::vector<HandArray>& tables = (*all)[static_cast<size_t>(piece)];
      if (tables.empty()) return std::string("the disk is gone");
      streamOf(std::move(tables)).moveTo(out);
      return std::string();
    };
    return std::string();
  };
  return input;
}

TEST_CASE("pieces that threads read themselves are numbered as one after another", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64")});
  auto rowsOf = [](std::vector<double> values) {
    return table(numberArray<double>("g", std::move(values)).named("x"));
  };
  const bool fails = GENERATE(false, true);
  std::vector<std::vector<HandArray>> pieces(3);
  pieces[0] = only(rowsOf({1, 2, 3}));
  if (!fails) {
    pieces[1].push_back(rowsOf({4, 0.5}));
    pieces[1].push_back(rowsOf({6}));
  }
  pieces[2] = only(rowsOf({7}));
  std::string said;
  auto reader = newArrowReader(info, inPieces(std::move(pieces), 7, 3, rowsOf({})), "in", false,
                               [&said](const DataMessage& message) { said += message.render() + "\n"; });
  std::vector<int64_t> read;
  std::vector<uint64_t> lines;
  readPieces(info, *reader, 4096, [&](const Batch& batch, const std::vector<InputRow>& rows, bool) {
    const ColumnData& x = batch.columns[0];
    for (int64_t i = 0; i < batch.items; ++i) read.push_back(static_cast<const int64_t*>(x.values)[x.offset + i]);
    for (const InputRow& row : rows) {
      lines.push_back(row.line);
      CHECK(row.row == row.line - 1);
    }
  });
  if (fails) {
    CHECK(said == "in:3: reading failed: the disk is gone\n");
    CHECK(read == std::vector<int64_t>{1, 2, 3});
    return;
  }
  CHECK(said == "in:5: x: expected int64, found a float that is not whole or too large to be exact\n");
  CHECK(read == std::vector<int64_t>{1, 2, 3, 4, 6, 7});
  CHECK(lines == std::vector<uint64_t>{1, 2, 3, 4, 6, 7});
  CHECK(reader->counts().items == 7);
  CHECK(reader->counts().badItems == 1);
}

TEST_CASE("rows of checked batches stay where they lie, unless one is bad", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64"), item("y", "int64")});
  std::vector<HandArray> tables;
  tables.push_back(table(numberArray<int64_t>("l", {1, 2, 3, 4}).named("x"),
                         numberArray<int64_t>("l", {5, 6, 7, 8}).nulls({0b1101}).named("y")));
  tables.push_back(
      table(numberArray<int64_t>("l", {9, 10}).named("x"), numberArray<int64_t>("l", {11, 12}).named("y")));
  const auto* lie = static_cast<const int64_t*>(tables[0].array->children[0]->buffers[1]);
  ArrowInput input{streamOf(std::move(tables))};
  input.isChecked = true;
  std::string said;
  auto reader = newArrowReader(info, std::move(input), "in", false,
                               [&said](const DataMessage& message) { said += message.render() + "\n"; });
  ReadPiece piece;
  BatchBuilder builder(info);
  std::vector<InputRow> rows;
  auto next = [&] {
    REQUIRE(reader->take(piece, builder, rows, 2) == ReadStatus::Batch);
    reader->parse(piece, builder, rows);
    CHECK(reader->settle(piece));
    return piece.batch(builder);
  };
  Batch bad = next();
  CHECK(piece.columns == nullptr);
  CHECK(bad.items == 1);
  CHECK(said == "in:2: y is missing\n");

  Batch good = next();
  REQUIRE(piece.columns != nullptr);
  CHECK(good.items == 2);
  CHECK(good.columns[0].values == lie);
  CHECK(good.columns[0].offset == 2);
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].row == 3);
  CHECK(rows[1].line == 4);

  // What somebody keeps is not filled anew.
  std::shared_ptr<PieceColumns> kept = piece.columns;
  Batch last = next();
  CHECK(kept->batch().columns[0].values == lie);
  CHECK(static_cast<const int64_t*>(last.columns[1].values)[1] == 12);
}

TEST_CASE("columns that do not fit end the reading", "[arrow]") {
  ProgramInfo info = infoOf({item("x", "int64")});
  CHECK(Read(info, only(table(strings({"a"}).named("x")))).said ==
        "in: the column \"x\": expected int64, found string\n");
  CHECK(Read(info, only(table(strings({"a"}).named("y")))).said ==
        "in: warning: no field is declared for the column \"y\"\n"
        "in: no column for item.x, which every row must have; no field is declared for the column \"y\"\n");
}
