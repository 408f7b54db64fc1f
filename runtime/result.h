// SPDX-License-Identifier: Apache-2.0
// What a call writes: one column an output, reused from call to call.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ops/kernel.h"
#include "runtime/program_info.h"

namespace featc {

// Per output, how often data did not fit; a request's value counts once, however many items.
struct OutputCounts {
  uint64_t lostBits = 0;        // integers outside 0 .. 2^44-1 that were cut to their low 44 bits
  uint64_t droppedWeights = 0;  // ids dropped because their weight is missing or beyond float32
  uint64_t cutDense = 0;        // dense lists longer than their width
  uint64_t cutSequences = 0;    // lists longer than their sequence's length
  uint64_t largeDense = 0;      // integers of a dense output from 2^24 on, where a float32 does not hold each
  OutputCounts& operator+=(const OutputCounts& more) {
    lostBits += more.lostBits;
    droppedWeights += more.droppedWeights;
    cutDense += more.cutDense;
    cutSequences += more.cutSequences;
    largeDense += more.largeDense;
    return *this;
  }
  bool operator==(const OutputCounts&) const = default;
};

// What became of a call's reads of a source, in distinct keys.
struct ReadCounts {
  uint64_t keys = 0;  // asked for: the sum of the next four
  uint64_t found = 0;
  uint64_t absent = 0;     // the store has no such row, or there is no store
  uint64_t failed = 0;     // the store failed: fields are missing
  uint64_t timedOut = 0;   // no answer in time, or no time left to ask: fields are missing
  uint64_t badFields = 0;  // stored values that did not parse as their field's type: missing

  // Whether rows miss values that the store may well hold.
  bool degraded() const { return failed > 0 || timedOut > 0 || badFields > 0; }
  ReadCounts& operator+=(const ReadCounts& more);
  bool operator==(const ReadCounts&) const = default;
};

// One output's values, until the next call that is given the result. `rows` is the number of requests
// for constant and request scope, else of items; row(item) tells which one belongs to an item. `ids`
// of one value and `dense` have room for more rows: their size says nothing about the number of rows.
struct OutputColumn {
  Scope scope = Scope::Item;
  int64_t rows = 0;
  // Sparse of one value: ids[row], 0 where there is none. Otherwise (`ragged`) a row's ids are
  // ids[offsets[row]] .. ids[offsets[row + 1] - 1]; id 0 is a missing element of a sequence.
  bool ragged = false;
  std::span<const uint64_t> ids;
  std::span<const int64_t> offsets;
  std::span<const float> weights;  // as long as ids when the output is weighted, else empty
  bool weighted = false;
  std::span<const float> dense;  // rows * width
  uint32_t width = 0;
  // Of a sequence group: a row has elements elementOffsets[row] .. elementOffsets[row + 1] - 1, and what is
  // said of rows above holds for elements: `offsets` has an entry an element, `dense` width numbers one.
  bool perElement = false;
  std::span<const int64_t> elementOffsets;  // rows + 1
};

// Growing storage for the values of an output without a fixed number a row, rows in ascending order.
struct RaggedBuffer {
  std::vector<uint64_t> ids;
  std::vector<float> weights;
  // Of a sequence group: how many ids each element has, where it may have several; width numbers an element.
  std::vector<uint32_t> idsOfElement;
  std::vector<float> dense;

  // How far it is filled; rewind() takes back what came after.
  struct Mark {
    size_t ids = 0;
    size_t weights = 0;
    size_t idsOfElement = 0;
    size_t dense = 0;

    uint64_t bytes() const {
      return ids * sizeof(uint64_t) + weights * sizeof(float) + idsOfElement * sizeof(uint32_t) + dense * sizeof(float);
    }
  };
  Mark mark() const { return {ids.size(), weights.size(), idsOfElement.size(), dense.size()}; }
  void rewind(const Mark& mark);
  void clear() { rewind({}); }
  // What it holds, filled or not.
  size_t bytesHeld() const;
  // Holds no more than it is filled with.
  void fit();
  // Puts the rows of `later` behind its own.
  void append(const RaggedBuffer& later);
};

// What the buffers of these outputs hold.
size_t bytesHeld(const std::vector<RaggedBuffer>& buffers, std::span<const uint32_t> outputs);

// Outputs of one value or width a row, in one piece of memory that is kept from call to call.
class FixedOutputs {
 public:
  // Forgets the outputs that there were.
  void clear() { *this = {}; }
  // Adds an output of `cellBytes` bytes a row, 0 for one that is kept elsewhere.
  void add(Scope scope, uint32_t cellBytes);
  // Makes room for so many rows, padded to whole groups of eight. What was there is lost when it grows.
  void reserve(int64_t requests, int64_t items);

  // By output; null for one that is kept elsewhere.
  char* const* data() const { return data_.data(); }
  size_t bytesHeld() const { return bytes_; }
  // Gives its memory back: there is room for no row.
  void free();
  size_t roomOf(size_t output) const { return cells_[output].scope == Scope::Item ? itemRoom_ : requestRoom_; }

 private:
  struct Cells {
    Scope scope;
    uint32_t bytes;
  };
  struct Free {
    void operator()(char* memory) const;
  };
  std::vector<Cells> cells_;
  std::vector<char*> data_;
  size_t requestRoom_ = 0;  // rows
  size_t itemRoom_ = 0;
  std::unique_ptr<char[], Free> memory_;
  size_t bytes_ = 0;
};

// Owned by the caller and passed again and again: a warm call allocates nothing.
class Result {
 public:
  int64_t requests() const { return requests_; }
  int64_t items() const { return items_; }
  std::span<const int64_t> itemOffsets() const { return {itemOffsets_.data(), itemOffsets_.size()}; }
  const OutputColumn& output(size_t i) const { return outputs_[i]; }
  size_t outputCount() const { return outputs_.size(); }
  const OutputCounts& counts(size_t output) const { return counts_[output]; }
  const DataEvents& events() const { return events_; }
  // By source (of ProgramInfo::sources), and of all together.
  const ReadCounts& reads(size_t source) const { return reads_[source]; }
  ReadCounts reads() const;
  // The worse of the item's own status and its request's.
  RowStatus status(int64_t item) const { return itemStatus_[static_cast<size_t>(item)]; }
  int64_t requestOf(int64_t item) const { return requestOfItem_[static_cast<size_t>(item)]; }
  // What it holds of the budget that the call which filled it takes its memory from.
  size_t bytesHeld() const { return share_.held(); }
  int64_t row(const OutputColumn& column, int64_t item) const {
    return column.scope == Scope::Item ? item : requestOf(item);
  }

 private:
  friend class CallOutputs;
  std::shared_ptr<const void> program_;  // whose outputs these are
  int64_t requests_ = 0;
  int64_t items_ = 0;
  std::vector<int64_t> itemOffsets_;
  std::vector<int32_t> requestOfItem_;
  std::vector<OutputColumn> outputs_;
  FixedOutputs fixed_;
  std::vector<RaggedBuffer> ragged_;                  // by output
  size_t raggedBytes_ = 0;                            // that they hold
  std::vector<std::vector<int64_t>> offsets_;         // by output
  std::vector<std::vector<int64_t>> elementOffsets_;  // by output
  std::vector<OutputCounts> counts_;
  std::vector<RowStatus> itemStatus_;
  DataEvents events_;
  std::vector<ReadCounts> reads_;  // by source
  MemoryShare share_;
};

}  // namespace featc
