// SPDX-License-Identifier: Apache-2.0
// A call's result: made ready to be filled, and put together from what the shards filled.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/batch.h"
#include "runtime/calls/call_program.h"
#include "runtime/kept_memory.h"
#include "runtime/result.h"
#include "runtime/shard.h"

namespace featc {

// Reused from call to call. A result that the same program filled before with as many rows needs nothing but
// empty buffers.
class CallOutputs {
 public:
  explicit CallOutputs(const CallProgram& program);

  // Gives `result` rows for the batches one after another, and memory for every output. begin() comes first,
  // then beginRagged() once the shards are known.
  // `rowIds`: the most ids of a row together; 0: they are not counted.
  void begin(std::span<const Batch> batches, Result& result, const std::shared_ptr<MemoryBudget>& budget,
             uint32_t rowIds);
  void beginRagged(std::span<Shard> shards);
  // Where engines write. Statuses and request numbers are padded to whole groups of rows.
  void describe(CallFrame& frame);
  std::vector<ReadCounts>& readCounts() { return result_->reads_; }
  // How many bytes more the result may need for finish().
  size_t bytesToFinish(std::span<const Shard> shards) const;
  // Joins what the shards emitted and what the workers counted.
  void finish(std::span<Shard> shards, std::span<Worker> workers);
  // Gives up what calls do not usually need; returns how many bytes it keeps, those of the shards among them.
  size_t end(std::span<Shard> shards);

  // Makes `part` the result of `requests` requests of `all`, from `first` on, with `reads` by source. Counts of data
  // that did not fit are of all: they go with the first request.
  static void copyRequests(const CallProgram& program, const Result& all, int64_t first, int64_t requests,
                           std::span<const ReadCounts> reads, Result& part);

 private:
  // Gives `result` the program's outputs and so many rows; what it holds beyond `kept` bytes is made anew.
  static void prepare(const CallProgram& program, int64_t requests, int64_t items, size_t kept, Result& result);
  static void describeOutputs(const CallProgram& program, Result& result);
  static void showRows(const CallProgram& program, size_t output, Result& result);
  // Lets the column see its buffer.
  static void showRagged(size_t output, Result& result);
  // Where rows of a ragged output end.
  std::vector<int64_t>& rowOffsets(uint32_t output);
  static void copyRagged(const Result& all, size_t begin, size_t output, Result& part);
  void beginRows(std::span<const Batch> batches);
  void countRowIds();
  void joinShards(uint32_t output, std::span<Shard> shards);
  // Frees what the result has much too much of.
  void shrinkRagged();
  // Tells the result's share what it holds.
  static void countMemory(const CallProgram& program, Result& result);

  const CallProgram& program_;
  Result* result_ = nullptr;    // of this call
  std::vector<int64_t*> ends_;  // by output, as CallFrame has them
  std::vector<RowStatus> requestStatus_;
  uint32_t rowIds_ = 0;
  std::vector<uint32_t> requestIdsLeft_;
  std::vector<uint32_t> itemIdsLeft_;
  KeptMemory keptRows_;    // of the result: a place for each row
  KeptMemory keptRagged_;  // of the result: what rows have many of
  KeptMemory kept_;        // of this and the shards
};

}  // namespace featc
