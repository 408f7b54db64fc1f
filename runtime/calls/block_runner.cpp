// SPDX-License-Identifier: Apache-2.0
// Computes a phase of a shard block by block; a block that runs out of memory is tried again a few rows at a
// time.
#include "runtime/calls/block_runner.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "runtime/bind.h"

namespace featc {

void BlockRunner::run(Shard& shard, uint32_t phase) {
  if (observer_ == nullptr) return runRows(shard, phase);
  auto start = std::chrono::steady_clock::now();
  runRows(shard, phase);
  tellObserver(observer_, [&](RunObserver& o) {
    o.onPhase({phase, shard.scope, shard.end - shard.begin, std::chrono::steady_clock::now() - start});
  });
}

void BlockRunner::runRows(Shard& shard, uint32_t phase) {
  ShardFrame part{&frame_,      shard.begin,     &worker_.arena,  worker_.engine.get(),
                  shard.ragged, &worker_.counts, &worker_.events, &costs_.work};
  bool keep = !program_.kept(phase, shard.scope).empty();
  for (int64_t begin = shard.begin; begin < shard.end; begin += kBlockRows) {
    costs_.check();
    Arena::Mark mark = worker_.arena.mark();
    runBlock(part, shard, phase, begin, std::min<int64_t>(begin + kBlockRows, shard.end), keep);
    countIds(shard);
    if (!keep) worker_.arena.rewind(mark);
  }
}

void BlockRunner::runBlock(ShardFrame& part, Shard& shard, uint32_t phase, int64_t begin, int64_t end, bool keep) {
  if (!program_.layout().makesValues) return compute(part, shard.scope, phase, begin, end);
  if (end - begin <= kRowGroup) return runGroup(part, shard.scope, phase, begin, end, keep);
  Arena::Mark mark = worker_.arena.mark();
  RowStatus* status = statusOf(shard.scope) + begin;
  auto rows = static_cast<size_t>(end - begin);
  std::array<RowStatus, kBlockRows> savedStatus;
  std::copy_n(status, rows, savedStatus.begin());
  uint32_t* idsLeft = shard.scope == Scope::Item ? frame_.itemIdsLeft : frame_.requestIdsLeft;
  std::array<uint32_t, kBlockRows> savedIdsLeft;
  if (idsLeft != nullptr) std::copy_n(idsLeft + begin, rows, savedIdsLeft.begin());
  DataEvents savedEvents = worker_.events;
  Work savedWork = costs_.work;
  worker_.savedCounts = worker_.counts;
  for (size_t i = 0; i < program_.ragged.size(); ++i)
    worker_.savedMarks[i] = (*shard.ragged)[program_.ragged[i]].mark();

  compute(part, shard.scope, phase, begin, end);
  if (!worker_.arena.takeExhausted()) return countValues(mark);

  // The rows together need more memory than there is: take the block back, then try a few at a time.
  worker_.arena.rewind(mark);
  std::copy_n(savedStatus.begin(), rows, status);
  if (idsLeft != nullptr) std::copy_n(savedIdsLeft.begin(), rows, idsLeft + begin);
  worker_.events = savedEvents;
  costs_.work = savedWork;
  worker_.counts = worker_.savedCounts;
  for (size_t i = 0; i < program_.ragged.size(); ++i) (*shard.ragged)[program_.ragged[i]].rewind(worker_.savedMarks[i]);
  for (int64_t group = begin; group < end; group += kRowGroup)
    runGroup(part, shard.scope, phase, group, std::min(group + kRowGroup, end), keep);
}

void BlockRunner::runGroup(ShardFrame& part, Scope scope, uint32_t phase, int64_t begin, int64_t end, bool keep) {
  Arena::Mark mark = worker_.arena.mark();
  compute(part, scope, phase, begin, end);
  countValues(mark);
  bool exhausted = worker_.arena.takeExhausted();
  if (exhausted) {
    RowStatus* status = statusOf(scope);
    // Operators mark the rows that they fail; where none did, none of the group can be trusted. Nor can one row's
    // memory be told from another's: rows that keep theirs give it back together.
    bool marked = std::any_of(status + begin, status + end, [](RowStatus s) { return s == RowStatus::OutOfMemory; });
    if (keep || !marked) dropRows(scope, phase, begin, end);
  }
  if (exhausted || !keep) worker_.arena.rewind(mark);
}

void BlockRunner::compute(ShardFrame& part, Scope scope, uint32_t phase, int64_t begin, int64_t end) {
  program_.executable->run(part, phase, scope, begin, end);
  costs_.checkStopped();
}

// What operators made of the rows.
void BlockRunner::countValues(const Arena::Mark& before) {
  if (costs_.limits.valueBytes == 0) return;
  costs_.work.addValues(worker_.arena.bytesSince(before));
  costs_.checkStopped();
}

// What the ids of a block need.
void BlockRunner::countIds(Shard& shard) {
  if (program_.ragged.empty()) return;
  size_t bytes = bytesHeld(*shard.ragged, program_.ragged);
  if (bytes <= *shard.raggedBytes) return;
  costs_.memory.take(bytes - *shard.raggedBytes);
  *shard.raggedBytes = bytes;
  costs_.checkStopped();
}

// Fails all of them and empties what they keep of this phase, so that its memory serves the rows to come.
void BlockRunner::dropRows(Scope scope, uint32_t phase, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) fail(statusOf(scope)[row], RowStatus::OutOfMemory);
  for (uint32_t column : program_.kept(phase, scope)) {
    size_t size = cellSize(program_.layout().columns[column].type);
    const ColumnRef& kept = frame_.columns[column];
    auto* cells = static_cast<char*>(kept.data);
    std::fill(cells + static_cast<size_t>(begin) * size, cells + static_cast<size_t>(end) * size, 0);
    // Groups begin at a byte of the bitmap.
    if (kept.valid != nullptr) kept.valid[begin / kRowGroup] = 0;
  }
}

}  // namespace featc
