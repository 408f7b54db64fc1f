// SPDX-License-Identifier: Apache-2.0
// What is measured in a process of its own.
#include "bench/child.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "bench/data.h"
#include "bench/mix.h"
#include "bench/program.h"
#include "bench/search_ads.h"
#include "bench/suite.h"
#include "bench/takeaway.h"
#include "engine/open_config.h"

namespace featc::bench {

namespace {

void report(const char* name, double value) { fmt::print("{} {}\n", name, value); }
void reportSeconds(const char* name, double seconds) { report(name, seconds * 1e3); }

// Milliseconds of a clock since this was made. The process's clock adds up all threads: what one core
// would need, whoever else is using the machine.
class Timer {
 public:
  explicit Timer(clockid_t clock) : clock_(clock), start_(now()) {}
  double milliseconds() const { return now() - start_; }

 private:
  double now() const {
    timespec t{};
    clock_gettime(clock_, &t);
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) * 1e-6;
  }
  clockid_t clock_;
  double start_;
};

// Of this process alone; getrusage() would hand on what the parent had before exec.
double peakMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  throw Broken("no peak memory in /proc/self/status");
}

std::string configText(std::string_view kind, uint32_t features) {
  if (kind == "mix") return mixConfig(features);
  if (kind == "generated") return generatedConfig(features, kSeed);
  if (kind == "takeaway") return takeawayConfig();
  if (kind == "search_ads") return searchAdsConfig();
  throw Broken(fmt::format("no config {}", kind));
}

// From text to callable native code, as the first thing that the process does; then once more.
void compile(const std::string& text) {
  Timer processor(CLOCK_PROCESS_CPUTIME_ID);
  CompiledConfig config = compileText(text);
  ExtractorResult made = makeExtractor(config.optimized);
  double total = processor.milliseconds();
  if (!made.extractor) throw Broken(made.error);
  reportSeconds("parse", config.times.parse);
  reportSeconds("check", config.times.check);
  reportSeconds("optimize", config.times.optimize);
  reportSeconds("plan", made.times.plan);
  reportSeconds("machine", made.times.compile);
  reportSeconds("load", made.times.load);
  report("total", total);
  report("peak_mb", peakMegabytes());

  Timer again(CLOCK_PROCESS_CPUTIME_ID);
  CompiledConfig second = compileText(text);
  if (!makeExtractor(second.optimized).extractor) throw Broken("the second compilation failed");
  report("again", again.milliseconds());
}

std::string writeConfig(const std::string& folder, const std::string& text) {
  std::string path = folder + "/bench.feat";
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw Broken(fmt::format("cannot write {}", path));
  return path;
}

// All that a result says, in few bits.
size_t digest(const Result& result) {
  size_t digest = 0;
  auto add = [&](auto values, size_t n) {
    std::string_view bytes(reinterpret_cast<const char*>(values.data()), n * sizeof(values[0]));
    digest = digest * 31 + std::hash<std::string_view>()(bytes);
  };
  for (size_t o = 0; o < result.outputCount(); ++o) {
    const OutputColumn& column = result.output(o);
    if (column.ragged) throw Broken("no output of these configs is a list");
    auto rows = static_cast<size_t>(column.rows);
    if (column.width == 0)
      add(column.ids, rows);
    else
      add(column.dense, rows * column.width);
  }
  return digest;
}

// From load() to the first answer and on until native code answers, every answer compared.
void answer(const std::string& text, const std::string& folder) {
  constexpr uint32_t kRows = 100;
  std::string path = writeConfig(folder, text);
  Timer wall(CLOCK_MONOTONIC);
  Timer processor(CLOCK_THREAD_CPUTIME_ID);
  LoadOptions options;
  options.engine.engine = EngineKind::Tiered;
  OpeningDetails loaded = openInDetail(path, options);
  if (!loaded.made.extractor || !loaded.made.tiered) throw Broken(loaded.problem());
  double ready = wall.milliseconds();
  Program program(loaded.made.extractor);
  BatchBuilder builder(program.info());
  fillMix(builder, kRows, 0, kSeed);
  Batch batch = builder.batch();
  double before = wall.milliseconds();
  program.run(batch);
  double after = wall.milliseconds();
  report("first", ready + after - before);
  report("first_cpu", processor.milliseconds());
  const CompileTimes& times = loaded.config.times;
  reportSeconds("parse", times.parse);
  reportSeconds("check", times.check);
  reportSeconds("optimize", times.optimize);
  report("engine", ready - (times.parse + times.check + times.optimize) * 1e3);
  report("call", after - before);

  size_t expected = digest(program.result());
  double longest = 0;
  while (loaded.made.tiered->state() == TierState::Pending) {
    Timer call(CLOCK_MONOTONIC);
    program.run(batch);
    longest = std::max(longest, call.milliseconds());
    if (digest(program.result()) != expected) throw Broken("an answer changed while native code was made");
  }
  report("native_after", wall.milliseconds());
  if (loaded.made.tiered->state() != TierState::Ready) throw Broken(loaded.made.tiered->error());
  for (int i = 0; i < 10; ++i) {
    Timer call(CLOCK_MONOTONIC);
    program.run(batch);
    longest = std::max(longest, call.milliseconds());
    if (digest(program.result()) != expected) throw Broken("native code gives another answer");
  }
  report("longest", longest);
}

// Through the cache in `folder`: the first process fills it, later ones find everything there.
void load(const std::string& text, const std::string& folder) {
  std::string path = writeConfig(folder, text);
  Timer wall(CLOCK_MONOTONIC);
  Timer processor(CLOCK_PROCESS_CPUTIME_ID);
  LoadOptions options;
  auto cache = ObjectCache::open(folder + "/cache");
  if (!cache) throw Broken(cache.error().message);
  options.engine.cache = *cache;
  OpeningDetails loaded = openInDetail(path, options);
  if (!loaded.made.extractor) throw Broken(loaded.problem());
  bool cached = loaded.config.fromCache && loaded.made.codeFromCache;
  report(cached ? "cached" : "fresh", wall.milliseconds());
  report(cached ? "cached_cpu" : "fresh_cpu", processor.milliseconds());
  if (cached) reportSeconds("code", loaded.made.times.load);
}

// What calls are timed with: as many batches as are called in turn.
struct Calls {
  Calls(std::string_view kind, uint32_t rows)
      : program(extractorOf(compileText(configText(kind, 1000)), EngineKind::Jit, "")),
        batches(program.info(), kBatches, [&](BatchBuilder& builder, uint64_t seed) {
          if (kind == "takeaway")
            fillTakeaway(builder, rows, seed);
          else if (kind == "search_ads")
            fillSearchAds(builder, rows, seed);
          else
            fillMix(builder, rows, 0, seed);
        }) {}

  Program program;
  Batches batches;
};

// Calls for ten seconds with batches in turn, to be looked at with perf.
void spin(std::string_view kind, uint32_t rows) {
  Calls calls(kind, rows);
  Timer timer(CLOCK_MONOTONIC);
  while (timer.milliseconds() < 10'000)
    for (const Batch& batch : calls.batches.all()) calls.program.run(batch);
}

// CPU time a value, in ns: the median of short rounds, with one batch and with all in turn. To compare two programs,
// start them in turn.
void pace(std::string_view kind, uint32_t rows) {
  Calls calls(kind, rows);
  const double values = static_cast<double>(rows) * static_cast<double>(calls.program.info().outputs.size());
  for (size_t count : {size_t{1}, kBatches}) {
    std::vector<double> rounds;
    const double calledAtOnce = std::max(1.0, 400'000 / values / static_cast<double>(count));
    for (int round = 0; round < 40; ++round) {
      Timer timer(CLOCK_THREAD_CPUTIME_ID);
      double called = 0;
      for (double k = 0; k < calledAtOnce; ++k)
        for (size_t b = 0; b < count; ++b, ++called) calls.program.run(calls.batches[b]);
      rounds.push_back(timer.milliseconds() * 1e6 / called / values);
    }
    std::ranges::sort(rounds);
    report(count == 1 ? "one" : "rotating", rounds[rounds.size() / 2]);
  }
}

}  // namespace

int runChild(std::span<char* const> arguments) {
  if (arguments.size() < 3) throw Broken("a child needs a job, a config and a number");
  std::string_view job = arguments[0];
  std::string_view kind = arguments[1];
  auto number = static_cast<uint32_t>(std::strtoul(arguments[2], nullptr, 10));
  if (job == "compile")
    compile(configText(kind, number));
  else if (job == "answer" && arguments.size() == 4)
    answer(configText(kind, number), arguments[3]);
  else if (job == "load" && arguments.size() == 4)
    load(configText(kind, number), arguments[3]);
  else if (job == "spin")
    spin(kind, number);
  else if (job == "pace")
    pace(kind, number);
  else
    throw Broken(fmt::format("no job {}", job));
  return 0;
}

}  // namespace featc::bench
