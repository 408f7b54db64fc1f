// SPDX-License-Identifier: Apache-2.0
// From a batch's Arrow arrays to the call columns that engines read, checking what comes from outside.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ops/kernel.h"
#include "runtime/batch.h"
#include "runtime/program_info.h"
#include "values/arena.h"
#include "values/cell.h"

namespace featc {

// Engines read and write columns in whole groups of this many rows.
inline constexpr int64_t kRowGroup = 8;
constexpr int64_t roundUpToGroup(int64_t rows) { return (rows + kRowGroup - 1) / kRowGroup * kRowGroup; }

// A column of `rows` rows of `type`, zeroed and padded to whole groups, with a validity bitmap (all
// missing) where the type is nullable.
ColumnRef newColumn(Arena& arena, Type type, int64_t rows);

// Marks the rows in which two members of a list of structs differ in length, or one is missing, as
// RowStatus::BadInput. Of columns that were bound or checked, none of them absent; true where rows were marked.
bool matchMembers(const ColumnData& a, const ColumnData& b, int64_t rows, RowStatus* status);

// Binds the columns of one call. What it makes lives in `arena`; what needs no other form is used in
// place. Nothing outside the buffers that a ColumnData describes is read; a mistake in them is an
// error, in words that name the field.
class Binder {
 public:
  // An `arena` without a limit: what is made is at most a small multiple of the batch.
  explicit Binder(Arena& arena) : arena_(arena) {}

  // Makes `out` of `column`, of `rows` rows. The bitmap is there exactly when the type is nullable. Lists that are flat
  // in the column are told in `out.flat`, where that is given; `flatSuffices`: such lists get no cells.
  // Rows that lack a required value or hold a malformed one get RowStatus::BadInput and a zero cell.
  // False: see error().
  bool bind(const InputInfo& input, const ColumnData& column, int64_t rows, RowStatus* status, ColumnRef& out,
            bool flatSuffices = false);
  // What bind does for a field that no output uses: only missing required values are looked for.
  bool check(const InputInfo& input, const ColumnData& column, int64_t rows, RowStatus* status);

  const std::string& error() const { return error_; }

 private:
  // Elements of an array as list elements: cells side by side, a byte of validity each or null.
  struct Elements {
    const void* data = nullptr;
    const uint8_t* valid = nullptr;
    const uint8_t* bad = nullptr;  // 1: malformed, so what holds the element is; null: none is
    // Of strings whose cells are not written: where they lie, as in FlatLists.
    const char* bytes = nullptr;
    const uint32_t* texts = nullptr;
  };
  // Cells that are malformed: of rows, in their status; of elements, a byte each once there is one.
  class Malformed;

  bool fail(const std::string& what);
  bool checkShape(const ColumnData& column, int64_t rows) {
    if (column.absent) return true;
    const bool fits = column.length == rows && column.offset >= 0 && column.offset <= INT64_MAX / 64 - rows;
    return fits || failShape(column, rows);
  }
  bool failShape(const ColumnData& column, int64_t rows);
  // Whether rows were marked.
  bool markMissing(const ColumnData& column, int64_t rows, RowStatus* status) const {
    if (input_->type.nullable() || (!column.absent && column.validity == nullptr)) return false;
    return markMissingRows(column, rows, status);
  }
  static bool markMissingRows(const ColumnData& column, int64_t rows, RowStatus* status);
  uint8_t* validity(const ColumnData& column, int64_t rows);
  uint8_t* copyBits(const uint8_t* bits, int64_t offset, int64_t rows);
  bool bindBools(const ColumnData& column, int64_t rows, bool zeroMissing, ColumnRef& out);
  bool bindCells(const ColumnData& column, int64_t rows, RowStatus* status, ColumnRef& out, bool flatSuffices);
  bool bindNumbers(const ColumnData& column, int64_t rows, bool zeroMissing, ColumnRef& out);

  // Elements begin .. begin+count-1 of `column`; `inPlace`: strings need no cells, only room for them.
  bool elements(const ColumnData& column, Type type, int64_t begin, int64_t count, Elements& out, bool inPlace = false);
  bool cells(const ColumnData& column, Type type, int64_t begin, int64_t count, void* out, Malformed& malformed,
             FlatLists* flat = nullptr);
  template <class Offset>
  bool textCells(const ColumnData& column, int64_t begin, int64_t count, void* out, FlatLists* flat);
  template <class Offset>
  bool listCells(const ColumnData& column, Type type, int64_t begin, int64_t count, void* out, Malformed& malformed,
                 FlatLists* flat);
  template <class Offset>
  bool mapCells(const ColumnData& column, Type type, int64_t begin, int64_t count, void* out, Malformed& malformed);
  // FlatLists::starts, where none of the elements is missing or malformed; null: the lists are not flat.
  template <class Offset>
  const uint32_t* startsOf(const ColumnData& column, int64_t rows);
  template <class Offset>
  bool checkOffsets(const ColumnData& column, Type type, int64_t begin, int64_t count);
  template <class Key>
  bool mapCell(const Elements& keys, const Elements& values, uint32_t valueSize, int64_t size, void* out);

  Arena& arena_;
  const InputInfo* input_ = nullptr;
  std::string error_;
  std::vector<int64_t> order_;  // of a map's entries while it is sorted
};

}  // namespace featc
