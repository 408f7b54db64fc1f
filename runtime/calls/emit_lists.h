// SPDX-License-Identifier: Apache-2.0
// Lists whose ids are emitted together.
#pragma once

#include <algorithm>
#include <cstdint>

#include "values/cell.h"
#include "values/hash.h"

namespace featc {

// Rows begin .. end-1 whose lists lie one behind the other in memory, as they mostly do, none of them
// missing or with a missing element.
struct ListRun {
  const int64_t* elements = nullptr;
  uint64_t size = 0;
  uint32_t end = 0;  // the first row that is not part of it
};

// The run that starts at row `begin` of a column that is not uniform, perhaps of no rows; writes where the rows end,
// the first of which begins at `first`. A list longer than `most` counts as that long and to `cut`, one longer than
// `allowed` ends the run.
inline ListRun findRun(const ColumnRef& column, uint32_t begin, uint32_t n, uint64_t most, uint64_t allowed,
                       int64_t first, int64_t* ends, uint64_t& cut) {
  const auto* cells = static_cast<const List<int64_t>*>(column.data);
  const uint8_t* valid = column.valid;
  ListRun run;
  uint32_t i = begin;
  for (; i < n; ++i) {
    uint64_t size = std::min(cells[i].size, most);
    if ((valid != nullptr && !bitAt(valid, i)) || cells[i].valid != nullptr || size > allowed) break;
    // An empty list may lie anywhere.
    if (size != 0 && cells[i].data != run.elements + run.size) {
      if (run.size != 0) break;
      run.elements = cells[i].data;
    }
    run.size += size;
    cut += cells[i].size > most ? 1 : 0;
    ends[i] = first += static_cast<int64_t>(size);
  }
  run.end = i;
  return run;
}

inline uint64_t lostAmong(const int64_t* payloads, uint64_t n) {
  uint64_t lost = 0;
  for (uint64_t k = 0; k < n; ++k) lost += losesBits(payloads[k]) ? 1 : 0;
  return lost;
}

}  // namespace featc
