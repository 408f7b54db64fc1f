// SPDX-License-Identifier: Apache-2.0
// CSV records as requests with one item each.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/batch_builder.h"
#include "runtime/io/csv_record.h"
#include "runtime/io/json_cell.h"
#include "runtime/io/record_reader.h"

namespace featc {

struct CsvColumn {
  size_t field = BatchBuilder::kNoField;
  bool isStructList = false;  // all members of a list of structs, as JSON
  StructList fields;          // the field, or the members
};

// What a file's header and its options say, which all its rows share.
struct CsvTable {
  std::vector<InputInfo> inputs;
  std::vector<CsvColumn> columns;
  char listDelimiter = '|';

  // A line without anything, which is no row unless there is one column only.
  bool isBlank(const std::vector<CsvCell>& cells) const {
    return columns.size() > 1 && cells.size() == 1 && cells[0].text.empty() && !cells[0].quoted;
  }
};

// Each thread has its own.
class CsvRows {
 public:
  // Gets each key of a struct that no field declares, once.
  using OnUndeclared = std::function<void(std::string_view name)>;

  explicit CsvRows(const CsvTable& table) : table_(table) {}

  // Appends the request of a record. What is wrong with it, and then nothing was appended; empty: nothing is.
  std::string append(const CsvRecordReader& record, BatchBuilder& builder, const OnUndeclared& onUndeclared);

 private:
  std::string appendCells(const std::vector<CsvCell>& cells, BatchBuilder& builder, const OnUndeclared& onUndeclared);
  std::string appendStructs(std::string_view text, StructList list, BatchBuilder& builder,
                            const OnUndeclared& onUndeclared);
  std::string appendValue(const CsvCell& cell, ColumnBuffer& column);

  const CsvTable& table_;
  JsonCellReader jsonCells_;
  std::vector<JsonMember> members_;
  std::set<std::string> undeclared_;
};

}  // namespace featc
