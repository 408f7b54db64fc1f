// SPDX-License-Identifier: Apache-2.0
// What a call reads: R requests with M items, in columns laid out as Apache Arrow lays them out.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "values/cell.h"
#include "values/type.h"

namespace featc {

// One Arrow array, borrowed. Which buffers are used follows from the field's type:
//   bool     values: bitmap            int64 (timestamp: epoch seconds), float64  values: 8 bytes each
//   string   offsets + values (bytes)  list            offsets + children[0] (elements)
//   map      offsets + children[0] (keys) + children[1] (values)
// `offset` skips leading elements of this array (and of its bitmap), as in sliced Arrow arrays.
struct ColumnData {
  int64_t length = 0;
  int64_t offset = 0;
  const uint8_t* validity = nullptr;  // least significant bit first; null: nothing is missing
  const void* offsets = nullptr;      // length + 1 of int32, or of int64 when wideOffsets
  const void* values = nullptr;
  const ColumnData* children[2] = {nullptr, nullptr};
  bool wideOffsets = false;
  bool padded = false;  // 64 bytes may be read past the end of each buffer, children's included
  bool absent = false;  // the caller has no such column: every value is missing
};

// Whether a column that is there has value `row`.
inline bool isPresent(const ColumnData& column, int64_t row) {
  return column.validity == nullptr || bitAt(column.validity, static_cast<uint64_t>(column.offset + row));
}
// Offset `at`, leading elements counted; a caller's buffer need not be aligned.
inline int64_t offsetAt(const ColumnData& column, int64_t at) {
  auto load = [&]<class Offset>(Offset offset) {
    std::memcpy(&offset, static_cast<const char*>(column.offsets) + at * int64_t{sizeof offset}, sizeof offset);
    return int64_t{offset};
  };
  return column.wideOffsets ? load(int64_t{}) : load(int32_t{});
}

// Members of a list of structs are list columns that may share one array of offsets, as the children of an
// Arrow list<struct> do; lists of different lengths in one row are bad data.
//
// `columns[i]` holds ProgramInfo::inputs[i], of `requests` rows for a request field and `items`
// rows for an item field. Items of request r are rows itemOffsets[r] .. itemOffsets[r + 1]-1.
struct Batch {
  int64_t requests = 0;
  int64_t items = 0;
  const int64_t* itemOffsets = nullptr;  // requests + 1, from 0 to items, never descending
  std::span<const ColumnData> columns;
  // A byte a request and a byte an item: not 0 where the caller found a value that its field cannot hold. The
  // row's status is then BadInput. Null: there is none.
  const uint8_t* badRequests = nullptr;
  const uint8_t* badItems = nullptr;
};

}  // namespace featc
