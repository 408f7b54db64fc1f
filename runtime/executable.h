// SPDX-License-Identifier: Apache-2.0
// The seam between the runtime and what computes: the interpreter and native code both sit behind it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ops/kernel.h"
#include "runtime/program_info.h"
#include "runtime/result.h"
#include "values/arena.h"
#include "values/cell.h"

namespace featc {

// Rows are computed in blocks of at most this many, so that what lies between operators stays in
// the cache. A block starts at a multiple of 8 rows (of bitmaps' bytes).
inline constexpr uint32_t kBlockRows = 512;

// A column that lives as long as a call: an input, a read's key, a read's field, or a value that a
// later phase or the other scope needs. All rows of its scope; scope Constant has one row.
struct CallColumn {
  Scope scope = Scope::Item;
  Type type;
  uint32_t phase = 0;  // in which an engine makes it, where it does; ProgramLayout::phases of a constant
};

struct FieldRead {
  uint32_t field = 0;   // of the source
  uint32_t column = 0;  // call column that the values go to
};

// One batched read: after phase `phase` has run for all rows, `keyColumns` hold the keys and the
// read can be sent; its fields must be there before phase `neededBy` starts. The phases between
// run while it is in flight.
struct ReadStep {
  uint32_t source = 0;
  uint32_t phase = 0;
  uint32_t neededBy = 0;
  Scope scope = Scope::Item;
  std::vector<uint32_t> keyColumns;
  bool aligned = false;  // the key is a list: fields are lists aligned with it
  std::vector<FieldRead> fields;
};

// What a program wants of the runtime. Call columns 0 .. inputs-1 are the inputs.
struct ProgramLayout {
  std::vector<CallColumn> columns;
  std::vector<ReadStep> reads;
  std::vector<bool> inputUsed;
  // By input: whether what FlatLists says suffices and no cells are needed: the engine writes those that it reads.
  // Empty: they are.
  std::vector<bool> inputFlat{};
  // Whether operators may need arena memory, so that a block can run out of it.
  bool makesValues = true;
  uint32_t phases = 1;  // each read level adds two: its keys, and what is computed meanwhile
};

// One call's memory that all shards share. Shards work on disjoint rows.
struct CallFrame {
  int64_t requests = 0;
  int64_t items = 0;
  const int32_t* requestOfItem = nullptr;
  std::vector<ColumnRef> columns;  // as ProgramLayout::columns
  std::vector<FlatLists> flat;     // by input: what is known beside cells
  // Outputs of one value or width a row: where ids or dense values of the first row go; else null.
  char* const* outputs = nullptr;
  // Ragged outputs, by output: where in the shard's buffer the ids of each row end, of a sequence group its elements.
  // Null: not ragged.
  int64_t* const* ends = nullptr;
  RowStatus* requestStatus = nullptr;
  RowStatus* itemStatus = nullptr;
  uint32_t maxIdsPerRow = 65'536;
  // Where all ids of a row are counted: how many each has room for. Null: they are not.
  uint32_t* requestIdsLeft = nullptr;
  uint32_t* itemIdsLeft = nullptr;
};

// What an engine keeps between calls for one thread.
struct EngineScratch {
  virtual ~EngineScratch() = default;
};

// One thread's part of a call.
struct ShardFrame {
  CallFrame* call = nullptr;
  int64_t firstRow = 0;
  // For what this phase makes; the driver resets it between blocks unless call columns of the phase keep it.
  Arena* arena = nullptr;
  EngineScratch* scratch = nullptr;
  std::vector<RaggedBuffer>* ragged = nullptr;  // by output
  std::vector<OutputCounts>* counts = nullptr;  // by output
  DataEvents* events = nullptr;
  // What the call may still cost; null: no matter. Once it says stop, what run() leaves behind is worthless.
  Work* work = nullptr;

  bool goesOn(uint64_t steps) const { return work == nullptr || work->spend(steps); }
};

class Executable {
 public:
  virtual ~Executable() = default;
  virtual const ProgramLayout& layout() const = 0;
  virtual std::unique_ptr<EngineScratch> newScratch() const = 0;
  // Computes phase `phase` of scope Request (rows are requests) or Item (rows are items) for rows
  // begin .. end-1, at most kBlockRows of them, begin a multiple of 8. Scope Request comes first.
  virtual void run(ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) const = 0;
  virtual const char* engineName() const = 0;
};

}  // namespace featc
