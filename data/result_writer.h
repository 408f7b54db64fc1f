// SPDX-License-Identifier: Apache-2.0
// How results become bytes: one interface for every output format.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "data/record_reader.h"
#include "runtime/program_info.h"
#include "runtime/result.h"

namespace featc {

// Appends to a buffer that the caller empties when it likes. Unless it is ordered, threads may share one, each with a
// buffer of its own.
class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  // Whether what is written depends on what was written before: then all of one output goes through begin, write
  // and end in the order of the input, from one thread at a time.
  virtual bool isOrdered() const { return false; }
  // What stands once before all rows, and behind them.
  virtual void begin(std::string& out) const { (void)out; }
  virtual void end(std::string& out) const { (void)out; }
  // All rows whose status is Ok; telling of the others is the caller's part. `rows[i]` says where
  // item i of the result stood in the input.
  virtual void write(const Result& result, std::span<const InputRow> rows, std::string& out) const = 0;
};

// -- For writers of text ------------------------------------------------------------------------

// One item's ids of a sparse or sequence output, with weights where the output has them.
struct ItemIds {
  std::span<const uint64_t> ids;
  std::span<const float> weights;  // as many as ids, or none
};
ItemIds idsOf(const Result& result, const OutputColumn& column, int64_t item);
std::span<const float> denseOf(const Result& result, const OutputColumn& column, int64_t item);

// The elements of one item's value of a sequence group: `begin` .. `end - 1` of the column.
struct ElementRange {
  int64_t begin = 0;
  int64_t end = 0;
};
ElementRange elementsOf(const Result& result, const OutputColumn& column, int64_t item);
// The ids and the `width` numbers of one element of a sequence group, or of one row of any other output.
ItemIds idsAt(const OutputColumn& column, int64_t place);
std::span<const float> denseAt(const OutputColumn& column, int64_t place);

void appendUnsigned(std::string& out, uint64_t value);
// In the shortest form that reads back the same; -0 as 0.
void appendFloat(std::string& out, float value);

}  // namespace featc
