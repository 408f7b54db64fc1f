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
#include "runtime/calls/extractor.h"
#include "runtime/seda/seda_executor.h"
#include "tests/common/compare.h"
#include "tests/common/engines.h"
#include "tests/common/layout_check.h"
#include "tests/memory/allocation_count.h"
#include "tests/random/beside.h"
#include "tests/random/limits.h"
#include "tests/random/random_store.h"
#include "tests/random/weight.h"

namespace featc {
namespace {

std::optional<Disagreement> checkText(const Graph& graph, std::string_view which) {
  if (std::vector<std::string> problems = verify(graph); !problems.empty())
    return Disagreement{"verifier", fmt::format("{} graph: {}\n{}", which, problems[0], toText(graph))};
  std::string text = toText(graph);
  Expected<Graph> back = parseGraph(text, nullptr, besideOptions().plugins);
  if (!back)
    return Disagreement{"text form",
                        fmt::format("{} graph does not parse back: {}\n{}", which, back.error().message, text)};
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
    if (Error e = extractor.run(batch.batch(), scratch, alone)) return e.message;
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
    if (Error e = extractor.run(batch.batch(), scratch, result, options)) return e.message;
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
    if (Error e = extractor.run(batches[r].batch(), scratch, alone)) return e.message;
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
  Error error;
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
  if (hadScratch && error && error.code != ErrorCode::NoMemory) return fmt::format("{}: {}", which, error.message);
  if (hadScratch && !error && result.reads().failed == 0)
    if (auto d = difference(whole, result)) return fmt::format("{}: {}", which, *d);
  call();
  if (error) return fmt::format("after {}: {}", which, error.message);
  if (auto d = difference(whole, result)) return fmt::format("after {}: {}", which, *d);
  return std::nullopt;
}

// Arrays that are slices say what whole ones say.
std::optional<std::string> checkWhole(const Extractor& extractor, const RandomCase& c, const Result& meaning) {
  RandomData plain = c.data.laidOutPlainly();
  BoundBatch batch(plain, extractor.info(), 0, plain.itemCounts.size());
  Scratch scratch(extractor);
  Result result;
  if (Error e = extractor.run(batch.batch(), scratch, result)) return e.message;
  return difference(meaning, result);
}

bool isNative(const TestedEngine& engine) { return engine.name.starts_with("native"); }

// Notes what an engine made of a program: the first one is the interpreter, the first native one native code.
void note(const TestedEngine& engine, const Result& result, bool isFirst, ProgramDigest* digest) {
  if (digest == nullptr) return;
  if (isFirst) {
    digest->items = result.items();
    digest->interpreter = digestOf(result);
    digest->counts = digestOfCounts(result);
  } else if (digest->native == 0 && isNative(engine)) {
    digest->native = digestOf(result);
  }
}

// What every engine makes of a program, in every way.
class Checker {
 public:
  Checker(const RandomCase& given, const StoreBinding& stores, const std::vector<TestedEngine>& engines,
          const CheckOptions& options)
      : case_(given), stores_(stores), engines_(engines), options_(options) {
    case_.data = lightEnough(given.data, engines_[0], stores_);
  }

  std::optional<Disagreement> run() {
    for (const TestedEngine& engine : engines_) {
      Extractor extractor(*engine.info, engine.executable, stores_);
      BoundBatch batch(case_.data, extractor.info(), 0, case_.data.itemCounts.size());
      uint64_t keys = 0;
      if (auto d = schedulers(engine, extractor, batch, keys)) return d;
      if (options_.enginesOnly) continue;
      if (auto d = ways(engine, extractor, batch, keys)) return d;
    }
    return std::nullopt;
  }

 private:
  // `keys`: how many stores are asked for.
  std::optional<Disagreement> schedulers(const TestedEngine& engine, const Extractor& extractor,
                                         const BoundBatch& batch, uint64_t& keys) {
    Scratch scratch(extractor);
    Result result;
    CallOptions pipelined;
    pipelined.scheduler = Scheduler::Pipelined;
    pipelined.shardItems = 8;
    bool isFirst = !meaning_;
    for (const auto& [round, options] :
         {std::pair{"", CallOptions()}, {", memory reused", CallOptions()}, {", pipelined", pipelined}}) {
      std::string kind = engine.name + round;
      options_.begins();
      if (Error e = extractor.run(batch.batch(), scratch, result, options)) return Disagreement{kind, e.message};
      if (*round == '\0') note(engine, result, isFirst, options_.digest);
      if (!meaning_ && extractor.run(batch.batch(), scratch, meaning_.emplace()))
        return Disagreement{kind, "no result"};
      if (auto d = difference(*meaning_, result)) return Disagreement{kind, *d};
      if (options_.enginesOnly) return std::nullopt;
      if (engine.info == engines_[0].info) continue;
      // Of the optimized graph.
      if (!counted_ && extractor.run(batch.batch(), scratch, counted_.emplace()))
        return Disagreement{kind, "no result"};
      if (auto d = countDifference(*counted_, result)) return Disagreement{kind, *d};
    }
    keys = result.reads().keys;
    return std::nullopt;
  }

  std::optional<Disagreement> ways(const TestedEngine& engine, const Extractor& extractor, const BoundBatch& batch,
                                   uint64_t keys) {
    std::optional<Disagreement> found;
    auto agrees = [&](const char* way, auto&& check) {
      options_.begins();
      if (auto d = check()) found = Disagreement{engine.name + way, *d};
      return !found;
    };
    agrees(", little memory", [&] { return checkScarce(engine, case_, stores_, batch, *meaning_, keys); }) &&
        agrees(", limits", [&] { return checkLimits(engine, case_, stores_, batch, *meaning_); }) &&
        agrees(", limits, joined", [&] { return checkLimitsJoined(engine, case_, stores_); }) &&
        agrees(", requests alone", [&] { return checkAlone(extractor, case_, *meaning_); }) &&
        agrees(", requests joined", [&] { return checkJoined(extractor, case_, *meaning_); }) &&
        agrees(", whole arrays", [&] { return checkWhole(extractor, case_, *meaning_); }) &&
        agrees(", failing memory", [&] { return checkFailing(extractor, case_, batch, *meaning_); });
    return found;
  }

  RandomCase case_;
  const StoreBinding& stores_;
  const std::vector<TestedEngine>& engines_;
  const CheckOptions& options_;
  std::optional<Result> meaning_;
  std::optional<Result> counted_;  // by the optimized graph
};

}  // namespace

Expected<Graph> compileRandom(const std::string& text) {
  Sources sources;
  Diagnostics diagnostics;
  FrontendOptions options = besideOptions();
  Ast ast = parseConfig(besideConfig(), text, options, sources, diagnostics);
  std::optional<Graph> graph;
  if (!diagnostics.hasErrors()) graph = makeGraph(ast, options, sources, diagnostics);
  if (!diagnostics.hasErrors()) return *std::move(graph);
  std::string problems;
  for (const Diagnostic& d : diagnostics.sorted())
    if (kindSeverity(d.kind) == Severity::Error && d.kind != DiagnosticKind::ConstantTooLarge)
      problems += renderText(sources, d) + "\n";
  if (problems.empty()) return Error("a constant is too large", ErrorCode::OverLimit);
  return Error(std::move(problems), ErrorCode::BadConfig);
}

std::optional<Disagreement> check(const RandomCase& given, const CheckOptions& options) {
  options.begins();
  Expected<Graph> raw = compileRandom(given.program.text());
  if (raw.error().code == ErrorCode::OverLimit) return std::nullopt;
  if (!raw) return Disagreement{"diagnostics", raw.error().message};
  Graph optimized = optimize(*raw);
  if (!options.enginesOnly) {
    if (auto d = checkText(*raw, "raw")) return d;
    if (auto d = checkText(optimized, "optimized")) return d;
    const std::string text = given.program.text();
    if (!formatted(text)) return Disagreement{"layout", "fmt refuses the program"};
    std::string layout = layoutProblem(text);
    if (!layout.empty()) return Disagreement{"layout", layout};
  }
  StoreBinding stores;
  stores.fallback = std::make_shared<RandomStore>(given.storeSeed);
  std::vector<TestedEngine> engines = testedEngines(*raw, optimized, given.forms);
  if (options.enginesOnly) engines.erase(engines.begin() + 1);  // the optimized graph, interpreted
  options.begins();
  return Checker(given, stores, engines, options).run();
}

}  // namespace featc
