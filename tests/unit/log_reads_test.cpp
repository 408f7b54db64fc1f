// SPDX-License-Identifier: Apache-2.0
// Reads of joined requests: each has its own in the log, and replays from them alone.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <set>

#include "data/log/read_rows.h"
#include "data/log/replay.h"
#include "data/log/request_log.h"
#include "runtime/seda/seda_executor.h"
#include "schedulers_fixture.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

// `key status fields` of each row, in any order.
std::multiset<std::string> textOf(const std::vector<ReadRow>& rows) {
  std::multiset<std::string> texts;
  for (const ReadRow& row : rows) {
    std::string text;
    std::string problem;
    appendReads(text, std::span(&row, 1), LogRedaction(), problem);
    CHECK(problem.empty());
    texts.insert(text);
  }
  return texts;
}

struct Submitted {
  std::unique_ptr<ReadsBatch> batch;
  std::vector<ReadRow> reads;
  std::future<SedaExecutor::Answer> answer;
};

std::vector<Submitted> submitAll(SedaExecutor& executor, const ReadsProgram& program, int count,
                                 Clock::time_point deadline) {
  std::vector<Submitted> all(static_cast<size_t>(count));
  int n = 0;
  for (Submitted& each : all) {
    each.batch =
        std::make_unique<ReadsBatch>(program.extractor->info(), readsRequests(n % 10 == 9 ? 2 : 1, n % 23, n % 12));
    each.answer = executor.submit(each.batch->batch(), deadline, n % 4 == 3 ? nullptr : &each.reads);
    ++n;
  }
  return all;
}

struct Largest : RunObserver {
  std::atomic<size_t> taken = 0;
  void onStage(const StageReport& report) override {
    if (report.stage == Stage::Fetch && report.taken > taken) taken = report.taken;
  }
};

}  // namespace

TEST_CASE("joined requests share the answers of stores, and each has its own keys", "[log]") {
  ReadsProgram program(false);
  Largest joined;
  SedaOptions options;
  options.observer = &joined;
  options.eagerBatches = 0;  // requests wait for one another
  options.busyWait = 2ms;
  SedaExecutor executor(*program.extractor, options);
  std::vector<Submitted> all = submitAll(executor, program, 200, Clock::time_point::max());
  for (Submitted& each : all) each.answer.wait();
  REQUIRE(joined.taken > 1);

  // What each reads alone.
  SedaOptions one;
  one.mostBatching = 1;
  SedaExecutor alone(*program.extractor, one);
  std::set<const ReadAnswer*> answers;
  size_t rows = 0;
  size_t number = 0;
  for (Submitted& each : all) {
    std::vector<ReadRow> reads;
    REQUIRE(alone.submit(each.batch->batch(), Clock::time_point::max(), &reads).get().error.message.empty());
    if (number++ % 4 == 3) {
      CHECK(each.reads.empty());
      continue;
    }
    CHECK(textOf(each.reads) == textOf(reads));
    std::set<const ReadAnswer*> own;
    for (const ReadRow& row : each.reads) own.insert(row.answer.get());
    answers.insert(own.begin(), own.end());
    rows += own.size();
  }
  CHECK(answers.size() < rows);
}

TEST_CASE("a line of a joined request replays", "[log]") {
  ReadsProgram program(false);
  const ProgramInfo& info = program.extractor->info();
  SedaExecutor executor(*program.extractor);
  CallLogger logger(info);
  LogReplayer replayer(info.sources);
  EngineOptions options;
  options.engine = EngineKind::Interp;
  options.stores = replayer.stores();
  auto replaying = makeExtractor(program.config.optimized, options).extractor;
  ReplayReport report;
  std::vector<Submitted> all = submitAll(executor, program, 60, Clock::time_point::max());
  for (Submitted& each : all) {
    SedaExecutor::Answer answer = each.answer.get();
    if (each.reads.empty()) continue;
    std::string line;
    logger.append(each.batch->batch(), answer.result, {}, each.reads, line);
    replayer.replay(*replaying, line, report.lines + 1, report);
  }
  CHECK(report.lines > 30);
  CHECK(report.items > 300);
  CHECK(report.unreadable.count == 0);
  CHECK(report.same());
}

TEST_CASE("reads that came too late stand in the log as the call saw them", "[log]") {
  ReadsProgram program(true);  // answers nothing
  SedaExecutor executor(*program.extractor);
  ReadsBatch batch(program.extractor->info(), readsRequests(1, 3, 1));
  std::vector<ReadRow> reads;
  // On a busy machine a request may be late as a whole.
  SedaExecutor::Answer answer;
  for (auto patience = 300ms; patience < 10s; patience *= 3) {
    answer = executor.submit(batch.batch(), Clock::now() + patience, &reads).get();
    if (!answer.error) break;
  }
  REQUIRE(answer.error.message.empty());
  REQUIRE(!reads.empty());
  // A late answer changes nothing.
  for (size_t i = 0; i < program.store->count(); ++i) program.store->answer(i);
  CHECK(std::ranges::all_of(reads, [](const ReadRow& row) { return row.status() == KeyStatus::TimedOut; }));
  std::string line;
  CallLogger(program.extractor->info()).append(batch.batch(), answer.result, {}, reads, line);
  LogReplayer replayer(program.extractor->info().sources);
  EngineOptions options;
  options.engine = EngineKind::Interp;
  options.stores = replayer.stores();
  ReplayReport report;
  replayer.replay(*makeExtractor(program.config.optimized, options).extractor, line, 1, report);
  CHECK(report.same());
  CHECK(report.items == 3);
}

TEST_CASE("a list of structs is left out as a whole", "[log]") {
  const std::string text =
      "model m\nrequest { clicks : list<{ id: int64?, dwell: float64? }>?  user : int64  note : string? }\n"
      "item { x : int64 }\nsource s(id: int64) { key \"s:{id}\"  seen : list<{ a: int64 }> }\n"
      "sparse ids slot 1 = clicks.id\nsparse x slot 2 = s(x).seen.a\n";
  CompiledConfig config = compileConfig("m.feat", {}, text);
  REQUIRE(config.ok());
  const ProgramInfo& info = config.optimized.info();
  auto redacted = [&](std::vector<std::string> names, std::vector<bool> used = {}) {
    return LogRedaction(info, used, names);
  };
  CHECK(hasLoggedField(info, "request.clicks"));
  CHECK(hasLoggedField(info, "s.seen"));
  CHECK(!hasLoggedField(info, "request.clicks.id"));
  CHECK(!hasLoggedField(info, "clicks"));
  LogRedaction clicks = redacted({"request.clicks", "item.other"});
  CHECK(clicks.names() == std::vector<std::string>{"request.clicks"});
  CHECK(clicks.hidesFeatures());
  for (size_t i = 0; i < info.inputs.size(); ++i)
    CHECK(clicks.hidesInput(i) == (info.inputs[i].structList == "clicks"));
  // One that nothing needs hides nothing else, unless it must be there.
  std::vector<bool> none(info.inputs.size());
  CHECK(!redacted({"request.note"}, none).hidesFeatures());
  CHECK(redacted({"request.user"}, none).hidesFeatures());
  CHECK(redacted({"s.seen"}, none).hidesField("s", "seen.a"));
}
