// SPDX-License-Identifier: Apache-2.0
// The properties that every program must have.
#include "tests/random/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <future>
#include <new>
#include <utility>
#include <vector>

#include "frontend/frontend.h"
#include "ir/equal.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "optimizer/pass.h"
#include "runtime/extractor.h"
#include "runtime/serving/seda_executor.h"
#include "tests/common/compare.h"
#include "tests/common/engines.h"
#include "tests/memory/allocation_count.h"
#include "tests/random/beside.h"
#include "tests/random/limits.h"
#include "tests/random/random_store.h"
#include "tests/random/weight.h"

namespace featc {
namespace {

// The config's graph, or why there is none; no problem where a constant is refused for its size, as it must be.
std::optional<Graph> compile(const std::string& text, std::string& problem) {
  Sources sources;
  Diagnostics diagnostics;
  FrontendOptions options = besideOptions();
  Ast ast = parseConfig(besideConfig(), text, options, sources, diagnostics);
  std::optional<Graph> graph;
  if (!diagnostics.hasErrors()) graph = lowerConfig(ast, options, sources, diagnostics);
  if (!diagnostics.hasErrors()) return graph;
  for (const Diagnostic& d : diagnostics.sorted())
    if (kindSeverity(d.kind) == Severity::Error && d.kind != DiagnosticKind::ConstantTooLarge)
      problem += renderText(sources, d) + "\n";
  return std::nullopt;
}

std::optional<Disagreement> checkText(const Graph& graph, std::string_view which) {
  if (std::vector<std::string> problems = verify(graph); !problems.empty())
    return Disagreement{"verifier", fmt::format("{} graph: {}\n{}", which, problems[0], toText(graph))};
  std::string error;
  std::string text = toText(graph);
  std::optional<Graph> back = parseGraph(text, error, nullptr, besideOptions().plugins);
  if (!back) return Disagreement{"text form", fmt::format("{} graph does not parse back: {}\n{}", which, error, text)};
  if (!equalGraphs(graph, *back))
    return Disagreement{"text form",
                        fmt::format("{} graph parses back differently:\n{}\n{}", which, text, toText(*back))};
  return std::nullopt;
}

// Each request as a batch of its own against the whole.
std::optional<std::string> checkAlone(const Extractor& extractor, const RandomCase& c, const Result& whole) {
  Scratch scratch(extractor);
  Result alone;
  int64_t firstItem = 0;
  for (size_t r = 0; r < c.data.itemCounts.size(); ++r) {
    int64_t endItem = firstItem + c.data.itemCounts[r];
    bool lacksMemory = false;
    for (int64_t item = std::exchange(firstItem, endItem); item < endItem; ++item)
      lacksMemory |= whole.status(item) == RowStatus::OutOfMemory;
    // Requests of a batch share its memory, so that one of them has more of it alone.
    if (lacksMemory) continue;
    BoundBatch batch(c.data, extractor.info(), r, 1);
    if (RunError e = extractor.run(batch.batch(), scratch, alone)) return e.message;
    if (auto d = difference(whole, alone, static_cast<int64_t>(r))) return fmt::format("request {} alone: {}", r, *d);
  }
  return std::nullopt;
}

// With little memory rows may lack it; those that have enough are what they always are. `keys`: how many the same
// engine asks stores for when there is enough.
std::optional<std::string> checkScarce(const TestedEngine& engine, const RandomCase& c, const StoreBinding& stores,
                                       const BoundBatch& batch, const Result& whole, uint64_t keys) {
  RunLimits limits;
  limits.arenaBytes = size_t{256} << c.storeSeed % 10;
  Extractor extractor(*engine.info, engine.executable, stores, limits);
  Scratch scratch(extractor);
  Result result;
  CallOptions pipelined;
  pipelined.scheduler = Scheduler::Pipelined;
  pipelined.shardItems = 8;
  for (const CallOptions& options : {CallOptions(), pipelined}) {
    if (RunError e = extractor.run(batch.batch(), scratch, result, options)) return e.message;
    if (result.reads().keys > keys)
      return fmt::format("{} bytes: {} keys against {}", limits.arenaBytes, keys, result.reads().keys);
    if (auto d = difference(whole, result, 0, Memory::Scarce))
      return fmt::format("{} bytes: {}", limits.arenaBytes, *d);
  }
  return std::nullopt;
}

// Requests of several callers that SEDA joins, each against the whole; reads are counted as for the request alone.
std::optional<std::string> checkJoined(const Extractor& extractor, const RandomCase& c, const Result& whole) {
  size_t requests = c.data.itemCounts.size();
  SedaOptions options;
  options.computeThreads = 1;
  options.eagerBatches = 0;  // they wait for one another ...
  options.mostBatching = requests + 1;
  options.busyWait = std::chrono::hours(1);  // ... until drain() lets them go
  std::deque<BoundBatch> batches;
  std::vector<std::future<SedaExecutor::Answer>> answers;
  SedaExecutor executor(extractor, options);
  for (size_t r = 0; r < requests; ++r) {
    const Batch& batch = batches.emplace_back(c.data, extractor.info(), r, 1).batch();
    answers.push_back(executor.submit(batch, SedaExecutor::Deadline::max()));
  }
  executor.drain();
  Scratch scratch(extractor);
  Result alone;
  int64_t firstItem = 0;
  for (size_t r = 0; r < requests; ++r) {
    SedaExecutor::Answer answer = answers[r].get();
    if (answer.error) return fmt::format("request {}: {}", r, answer.error.message);
    int64_t endItem = firstItem + c.data.itemCounts[r];
    bool lacksMemory = false;
    for (int64_t item = std::exchange(firstItem, endItem); item < endItem; ++item)
      lacksMemory |= whole.status(item) == RowStatus::OutOfMemory;
    if (lacksMemory) continue;
    if (auto d = difference(whole, answer.result, static_cast<int64_t>(r))) return fmt::format("request {}: {}", r, *d);
    if (extractor.info().sources.empty()) continue;
    if (RunError e = extractor.run(batches[r].batch(), scratch, alone)) return e.message;
    for (size_t s = 0; s < extractor.info().sources.size(); ++s)
      if (!(alone.reads(s) == answer.result.reads(s))) return fmt::format("request {}: keys of source {}", r, s);
  }
  return std::nullopt;
}

// One allocation of a call fails: the call is an error or what it always is (a store that lacked memory is told), and
// the next one is what it always is.
std::optional<std::string> checkFailing(const Extractor& extractor, const RandomCase& c, const BoundBatch& batch,
                                        const Result& whole) {
  Result result;
  RunError error;
  auto call = [&] {
    Scratch scratch(extractor);
    error = extractor.run(batch.batch(), scratch, result);
  };
  uint64_t before = allocationCount();
  call();
  uint64_t allocations = allocationCount() - before;
  uint64_t failing = c.storeSeed / 16 % std::max<uint64_t>(1, allocations);
  bool hadScratch = true;
  result = {};
  failAllocations(failing, c.storeSeed % 16 < 8 ? 1 : UINT64_MAX);
  try {
    call();
  } catch (const std::bad_alloc&) {
    hadScratch = false;
  }
  stopFailing();
  std::string which = fmt::format("allocation {} of {}", failing, allocations);
  if (hadScratch && error && error.kind != RunFailure::NoMemory) return fmt::format("{}: {}", which, error.message);
  if (hadScratch && !error && result.reads().failed == 0)
    if (auto d = difference(whole, result)) return fmt::format("{}: {}", which, *d);
  call();
  if (error) return fmt::format("after {}: {}", which, error.message);
  if (auto d = difference(whole, result)) return fmt::format("after {}: {}", which, *d);
  return std::nullopt;
}

}  // namespace

std::optional<Disagreement> check(const RandomCase& given, const std::function<void()>& begins) {
  begins();
  std::string problem;
  std::optional<Graph> raw = compile(given.program.text(), problem);
  if (!raw && problem.empty()) return std::nullopt;
  if (!raw) return Disagreement{"diagnostics", problem};
  if (auto d = checkText(*raw, "raw")) return d;
  Graph optimized = optimize(*raw);
  if (auto d = checkText(optimized, "optimized")) return d;

  StoreBinding stores;
  stores.fallback = std::make_shared<RandomStore>(given.storeSeed);
  std::vector<TestedEngine> engines = testedEngines(*raw, optimized, given.forms);
  begins();
  RandomCase c = given;
  c.data = lightEnough(given.data, engines[0], stores);
  BoundBatch batch(c.data, raw->info(), 0, c.data.itemCounts.size());
  std::optional<Result> meaning;
  std::optional<Result> counted;  // by the optimized graph
  for (const TestedEngine& engine : engines) {
    Extractor extractor(*engine.info, engine.executable, stores);
    Scratch scratch(extractor);
    Result result;
    CallOptions pipelined;
    pipelined.scheduler = Scheduler::Pipelined;
    pipelined.shardItems = 8;
    for (const auto& [round, options] :
         {std::pair{"", CallOptions()}, {", memory reused", CallOptions()}, {", pipelined", pipelined}}) {
      std::string kind = engine.name + round;
      begins();
      if (RunError e = extractor.run(batch.batch(), scratch, result, options)) return Disagreement{kind, e.message};
      if (!meaning && extractor.run(batch.batch(), scratch, meaning.emplace())) return Disagreement{kind, "no result"};
      if (auto d = difference(*meaning, result)) return Disagreement{kind, *d};
      if (engine.info != &optimized.info()) continue;
      if (!counted && extractor.run(batch.batch(), scratch, counted.emplace())) return Disagreement{kind, "no result"};
      if (auto d = countDifference(*counted, result)) return Disagreement{kind, *d};
    }
    begins();
    if (auto d = checkScarce(engine, c, stores, batch, *meaning, result.reads().keys))
      return Disagreement{engine.name + ", little memory", *d};
    begins();
    if (auto d = checkLimits(engine, c, stores, batch, *meaning)) return Disagreement{engine.name + ", limits", *d};
    begins();
    if (auto d = checkLimitsJoined(engine, c, stores)) return Disagreement{engine.name + ", limits, joined", *d};
    begins();
    if (auto d = checkAlone(extractor, c, *meaning)) return Disagreement{engine.name + ", requests alone", *d};
    begins();
    if (auto d = checkJoined(extractor, c, *meaning)) return Disagreement{engine.name + ", requests joined", *d};
    begins();
    // The random store is not made for a lack of memory; tests/stores has those that are.
    if (!raw->info().sources.empty()) continue;
    if (auto d = checkFailing(extractor, c, batch, *meaning)) return Disagreement{engine.name + ", failing memory", *d};
  }
  return std::nullopt;
}

}  // namespace featc
