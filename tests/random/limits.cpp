// SPDX-License-Identifier: Apache-2.0
// Limits, budgets and joined requests: what a random program must be under each of them.
#include "tests/random/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <future>
#include <vector>

#include "data/result_writer.h"
#include "runtime/seda/seda_executor.h"
#include "tests/common/compare.h"
#include "tests/random/rng.h"

namespace featc {
namespace {

CallOptions pipelined() {
  CallOptions options;
  options.scheduler = Scheduler::Pipelined;
  options.shardItems = 8;
  return options;
}

// From bytes that stop everything to bytes that stop nothing.
CallLimits randomLimits(Rng& rng) {
  CallLimits limits;
  auto bytes = [&] { return uint64_t{1} << rng.below(22); };
  if (rng.chance(50)) limits.valueBytes = bytes();
  if (rng.chance(50)) limits.resultBytes = bytes();
  if (rng.chance(30)) limits.items = static_cast<int64_t>(1 + rng.below(40));
  return limits;
}

std::string text(const CallLimits& limits) {
  return fmt::format("values {}, result {}, items {}, ids of a row {}", limits.valueBytes, limits.resultBytes,
                     limits.items, limits.rowIds);
}

// The ids that an item has in all outputs.
uint64_t idsOf(const ProgramInfo& info, const Result& result, int64_t item) {
  uint64_t ids = 0;
  for (size_t o = 0; o < info.outputs.size(); ++o) {
    if (info.outputs[o].kind == OutputKind::Dense) continue;
    const OutputColumn& column = result.output(o);
    auto row = static_cast<size_t>(result.row(column, item));
    size_t begin = row;
    size_t end = row + 1;
    if (column.perElement) {
      begin = static_cast<size_t>(column.elementOffsets[row]);
      end = static_cast<size_t>(column.elementOffsets[row + 1]);
    }
    ids += column.ragged ? static_cast<uint64_t>(column.offsets[end] - column.offsets[begin]) : end - begin;
  }
  return ids;
}

// A call under limits against the same without.
std::optional<std::string> checkCall(const Result& whole, const Result& result, const Error& error, ErrorCode code) {
  if (!error) return difference(whole, result);
  if (error.code != code) return "another kind of error: " + error.message;
  if (error.message.empty() || result.items() != 0) return "an error with a result";
  return std::nullopt;
}

std::optional<std::string> checkCosts(const Extractor& extractor, const BoundBatch& batch, const Result& whole,
                                      Rng& rng) {
  Scratch scratch(extractor);
  Result result;
  for (CallOptions options : {CallOptions(), pipelined()}) {
    options.limits = randomLimits(rng);
    Error error = extractor.run(batch.batch(), scratch, result, options);
    if (auto d = checkCall(whole, result, error, ErrorCode::OverLimit)) return text(options.limits) + ": " + *d;
    // What a call that was stopped leaves in memory harms no other.
    options.limits = {};
    if (Error e = extractor.run(batch.batch(), scratch, result, options)) return e.message;
    if (auto d = difference(whole, result)) return "after a call that was stopped: " + *d;
  }
  return std::nullopt;
}

std::optional<std::string> checkRowIds(const ProgramInfo& info, const Extractor& extractor, const BoundBatch& batch,
                                       const Result& whole, Rng& rng) {
  Scratch scratch(extractor);
  Result result;
  for (CallOptions options : {CallOptions(), pipelined()}) {
    options.limits.rowIds = static_cast<uint32_t>(1 + rng.below(30));
    if (Error e = extractor.run(batch.batch(), scratch, result, options)) return e.message;
    for (int64_t item = 0; item < whole.items(); ++item) {
      if (whole.status(item) != RowStatus::Ok) continue;
      uint64_t ids = idsOf(info, whole, item);
      bool tooMany = ids > options.limits.rowIds;
      if (result.status(item) != (tooMany ? RowStatus::TooManyIds : RowStatus::Ok))
        return fmt::format("item {} has {} ids of {}", item, ids, options.limits.rowIds);
    }
  }
  return std::nullopt;
}

std::optional<std::string> checkBudget(const TestedEngine& engine, const StoreBinding& stores, const BoundBatch& batch,
                                       const Result& whole, Rng& rng) {
  RunLimits limits;
  limits.memory = std::make_shared<MemoryBudget>(size_t{256} << rng.below(16));
  Extractor extractor(*engine.info, engine.executable, stores, limits);
  {
    Scratch scratch(extractor);
    Result result;
    for (const CallOptions& options : {CallOptions(), pipelined(), CallOptions()}) {
      Error error = extractor.run(batch.batch(), scratch, result, options);
      if (auto d = checkCall(whole, result, error, ErrorCode::NoMemory))
        return fmt::format("a budget of {} bytes: {}", limits.memory->limit(), *d);
      if (limits.memory->held() > limits.memory->limit() && !error)
        return fmt::format("{} bytes held of {}", limits.memory->held(), limits.memory->limit());
    }
  }
  if (limits.memory->held() != 0) return fmt::format("{} bytes are held by nobody", limits.memory->held());
  return std::nullopt;
}

}  // namespace

std::optional<std::string> checkLimits(const TestedEngine& engine, const RandomCase& c, const StoreBinding& stores,
                                       const BoundBatch& batch, const Result& whole) {
  Rng rng(c.storeSeed, 1);
  Extractor extractor(*engine.info, engine.executable, stores);
  if (auto d = checkCosts(extractor, batch, whole, rng)) return d;
  if (auto d = checkRowIds(*engine.info, extractor, batch, whole, rng)) return d;
  return checkBudget(engine, stores, batch, whole, rng);
}

std::optional<std::string> checkLimitsJoined(const TestedEngine& engine, const RandomCase& c,
                                             const StoreBinding& stores) {
  Rng rng(c.storeSeed, 2);
  CallOptions options;
  options.limits = randomLimits(rng);
  if (c.data.itemCounts.size() < 2) return std::nullopt;
  Extractor extractor(*engine.info, engine.executable, stores);
  std::deque<BoundBatch> batches;
  for (size_t r = 0; r < c.data.itemCounts.size(); ++r) batches.emplace_back(c.data, extractor.info(), r, 1);
  SedaOptions seda;
  seda.limits = options.limits;
  seda.computeThreads = 1;
  seda.eagerBatches = 0;  // they wait for one another, for those that are refused too
  seda.mostBatching = batches.size();
  seda.busyWait = std::chrono::milliseconds(1);
  std::vector<std::future<SedaExecutor::Answer>> answers;
  SedaExecutor executor(extractor, seda);
  for (const BoundBatch& batch : batches)
    answers.push_back(executor.submit(batch.batch(), SedaExecutor::Deadline::max()));
  Scratch scratch(extractor);
  Result alone;
  for (size_t r = 0; r < batches.size(); ++r) {
    Error error = extractor.run(batches[r].batch(), scratch, alone, options);
    SedaExecutor::Answer answer = answers[r].get();
    std::string what = fmt::format("request {} of those joined, {}: ", r, text(options.limits));
    if (error.message != answer.error.message)
      return what + fmt::format("\"{}\" against \"{}\"", answer.error.message, error.message);
    if (error) continue;
    // A request that is joined has less memory.
    if (auto d = difference(alone, answer.result, 0, Memory::Scarce)) return what + *d;
  }
  return std::nullopt;
}

}  // namespace featc
