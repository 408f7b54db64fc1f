// SPDX-License-Identifier: Apache-2.0
// Arrow arrays as columns of a batch: in place where the layouts agree, else widened or decoded.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "data/arrow/arrow_type.h"
#include "runtime/batch.h"
#include "runtime/column_buffer.h"

namespace featc {

// Integers from 2^63 on, which keep their 64 bits as an int64 and become negative.
struct WideCount {
  uint64_t count = 0;
  int64_t row = 0;       // of the first
  uint64_t example = 0;  // the first
};

// Reads columns of one record batch and owns what it has to make for them. The arrays must outlive it.
// Buffers are trusted to be as long as the arrays say; all else is checked.
class ArrowColumns {
 public:
  // A byte each row, not 0 where the row holds a value that its field cannot: a float that is not a whole number, of an
  // int64. Empty: there is none.
  using Bad = std::vector<uint8_t>;

  // Makes `out` of rows begin .. begin + count - 1 of `array`, whose type is `from` and whose type fits
  // `type` (whyNotReadable). False: see error().
  bool read(const ArrowType& from, const ArrowArray& array, Type type, int64_t begin, int64_t count, ColumnData& out,
            Bad& bad);

  // The same of member `child` of a list of structs, as a list of that member alone: missing where a struct is null.
  bool readMember(const ArrowType& from, const ArrowArray& array, size_t child, Type type, int64_t begin, int64_t count,
                  ColumnData& out, Bad& bad);

  // Whether elements begin .. begin + count - 1 of a struct array are there, none of them null.
  bool checkStruct(const ArrowType& from, const ArrowArray& array, int64_t begin, int64_t count);
  // The offsets of rows of a List or LargeList, made to start from 0, and how many elements lie before.
  bool readOffsets(const ArrowType& from, const ArrowArray& array, int64_t begin, int64_t count,
                   std::vector<int64_t>& offsets, int64_t& first);

  const std::string& error() const { return error_; }
  // Of all that was read; rows count from `begin`.
  const WideCount& wide() const { return wide_; }
  // Whether what was read lies where Arrow has it, validity and offsets included.
  bool anyMade() const { return !words_.empty() || !buffers_.empty(); }

  // Whether a row of a list of these may start anywhere in `array`: nothing is made of it.
  static bool isInPlace(const ArrowType& from, Type type);

 private:
  bool fail(std::string what);
  bool checkArray(const ArrowType& from, const ArrowArray& array, int64_t begin, int64_t count);
  // Where the column starts within its buffers: out.offset, and how many rows of a made buffer come before.
  int64_t place(const ArrowArray& array, int64_t begin, int64_t count, bool made, ColumnData& out);
  uint64_t* newWords(int64_t count);
  void noteWide(int64_t row, int64_t value);

  bool readNumbers(const ArrowType& from, const ArrowArray& array, Type type, int64_t begin, int64_t count,
                   ColumnData& out, Bad& bad);
  bool readFixedBinary(const ArrowType& from, const ArrowArray& array, int64_t begin, int64_t count, ColumnData& out);
  bool readViews(const ArrowArray& array, Type type, int64_t begin, int64_t count, ColumnData& out);
  bool readDictionary(const ArrowType& from, const ArrowArray& array, Type type, int64_t begin, int64_t count,
                      ColumnData& out, Bad& bad);
  bool readNested(const ArrowType& from, const ArrowArray& array, Type type, int64_t begin, int64_t count,
                  ColumnData& out, Bad& bad);
  // Elements first .. first + count - 1 of a list's or a map's child.
  bool readChildren(const ArrowType& from, const ArrowArray& array, Type type, int64_t first, int64_t count,
                    ColumnData& out, Bad& bad);
  // `count` + 1 offsets from 0 and how many elements lie before the first.
  template <class Offset>
  bool rebase(const ArrowArray& array, int64_t begin, int64_t count, int64_t* offsets, int64_t& first);

  std::string error_;
  WideCount wide_;
  std::deque<std::vector<uint64_t>> words_;  // numbers and offsets
  std::deque<ColumnBuffer> buffers_;
  std::deque<ColumnData> nodes_;  // children of columns
};

}  // namespace featc
