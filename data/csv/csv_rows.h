// SPDX-License-Identifier: Apache-2.0
// CSV records as requests with one item each.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv/csv_record.h"
#include "data/data_notes.h"
#include "data/json/json_cell.h"
#include "data/record_reader.h"
#include "runtime/batch_builder.h"

namespace featc {

struct CsvColumn {
  size_t field = BatchBuilder::kNoField;
  bool isStructList = false;  // all members of a list of structs, as JSON
  bool isJson = false;        // a list or map as JSON
  StructList fields;          // the field, or the members
};

// What a file's header and its options say, which all its rows share.
struct CsvTable {
  std::vector<InputInfo> inputs;
  CsvOptions options;
  std::vector<CsvColumn> columns;
  std::vector<bool> nested;  // by column: a list or map between delimiters
  std::vector<bool> used;    // by field: its values are wanted; empty: all are

  // Fields of lists of structs are used together; what is said of a column without a field is of no consequence.
  bool isUsed(size_t field) const { return used.empty() || field >= used.size() || used[field]; }

  // A line without anything, which is not a row.
  static bool isBlank(const std::vector<CsvCell>& cells) {
    return cells.size() == 1 && cells[0].text.empty() && !cells[0].quoted;
  }
  bool rewritesCells() const { return options.trim || !options.nulls.empty(); }
};

// Each thread has its own.
class CsvRows {
 public:
  // Gets each key of a struct that no field declares, once.
  using OnUndeclared = std::function<void(std::string_view name)>;

  explicit CsvRows(const CsvTable& table) : table_(table), notes_(table.inputs.size()), parsed_(table.inputs.size()) {}

  // Appends the request of a record. What is wrong with it, and then nothing was appended; empty: nothing is.
  std::string append(const CsvRecordReader& record, BatchBuilder& builder, const OnUndeclared& onUndeclared);

  // Since the last clear():
  DataNotes& notes() { return notes_; }
  // By field, whether a value of it was read.
  std::vector<uint8_t>& parsed() { return parsed_; }
  void clear();

 private:
  std::string appendCells(const CsvRecordReader& record, BatchBuilder& builder, const OnUndeclared& onUndeclared);
  std::string appendStructs(std::string_view text, StructList list, uint64_t line, BatchBuilder& builder,
                            const OnUndeclared& onUndeclared);
  std::string appendValue(const CsvCell& cell, const CsvColumn& column, uint64_t line, ColumnBuffer& values);
  std::string wrongCount(const std::vector<CsvCell>& cells) const;
  void noteSpans(const CsvRecordReader& record);

  const CsvTable& table_;
  DataNotes notes_;
  std::vector<uint8_t> parsed_;
  JsonCellReader jsonCells_;
  std::vector<JsonMember> members_;
  std::set<std::string> undeclared_;
};

}  // namespace featc
