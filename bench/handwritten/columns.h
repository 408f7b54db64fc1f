// SPDX-License-Identifier: Apache-2.0
// The columns that handwritten rivals read and write.
#pragma once

#include <cstdint>

namespace featc::bench {

// -- What comes in. Bit r of `valid` is set where row r is present. -------------------------------------

struct Texts {
  const int64_t* offsets = nullptr;
  const char* bytes = nullptr;
  const uint8_t* valid = nullptr;
};
struct Integers {
  const int64_t* values = nullptr;
  const uint8_t* valid = nullptr;
};
struct Floats {
  const double* values = nullptr;
  const uint8_t* valid = nullptr;
};

// Of a request, with ascending keys.
template <class V>
struct TextMap {
  bool present = false;
  Texts keys;
  const V* values = nullptr;
  int64_t count = 0;
};

// -- What goes out ------------------------------------------------------------------------------------------

// Room for one output: as much as the input can need, whole groups of 8 rows more. A list's row r has
// ids[offsets[r]] .. ids[offsets[r + 1] - 1]; in a sequence group `dense` has such rows too. A single id is 0 where
// there is none.
struct RivalColumn {
  uint64_t* ids = nullptr;
  int64_t* offsets = nullptr;
  float* weights = nullptr;
  float* dense = nullptr;
};

}  // namespace featc::bench
