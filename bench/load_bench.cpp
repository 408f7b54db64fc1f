// SPDX-License-Identifier: Apache-2.0
// Measures how soon a config answers: the first time, from text through the interpreter, and the next
// time, out of the object cache.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "bench/mix.h"
#include "engine/load.h"
#include "ir/text.h"

namespace featc::bench {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t kSeed = 20'261'122;

std::string mixText(int64_t features) { return mixConfig(static_cast<uint32_t>(features)); }
std::string generatedText(int64_t features) { return generatedConfig(static_cast<uint32_t>(features), kSeed); }

using Clock = std::chrono::steady_clock;
double millisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// A folder with the config and a cache, gone at the end.
class BenchFolder {
 public:
  explicit BenchFolder(const std::string& text) {
    std::string name = (fs::temp_directory_path() / "featc-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    std::ofstream(config()) << text;
  }
  ~BenchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  fs::path config() const { return path_ / "bench.feat"; }
  fs::path cache() const { return path_ / "cache"; }

 private:
  fs::path path_;
};

LoadedConfig load(const fs::path& config, const LoadOptions& options) {
  LoadedConfig loaded = loadExtractor(config, options);
  if (loaded.made.extractor == nullptr) {
    std::fputs(loaded.problem().c_str(), stderr);
    std::abort();
  }
  return loaded;
}

// From `load` to the answer to one request of one item, on the interpreter, while native code is compiled.
// Counters: milliseconds by stage; `longest` is the longest of the calls until native code was in, `calls`
// their number.
void firstAnswer(benchmark::State& state, std::string (*text)(int64_t)) {
  BenchFolder folder(text(state.range(0)));
  double parse = 0;
  double check = 0;
  double optimize = 0;
  double call = 0;
  double longest = 0;
  double native = 0;
  for (auto _ : state) {
    CompilePool pool(1);
    LoadOptions options;
    options.engine.engine = EngineKind::Tiered;
    options.engine.pool = &pool;
    Clock::time_point start = Clock::now();
    LoadedConfig loaded = load(folder.config(), options);
    Clock::time_point called = Clock::now();
    Scratch scratch(*loaded.made.extractor);
    Result result;
    BatchBuilder builder(loaded.made.extractor->info());
    fillMix(builder, 1, 0, kSeed);
    RunError error = loaded.made.extractor->run(builder.batch(), scratch, result);
    state.SetIterationTime(millisecondsSince(start) / 1e3);
    call = millisecondsSince(called);
    if (error) state.SkipWithError(error.message.c_str());
    parse = loaded.config.times.parse * 1e3;
    check = loaded.config.times.check * 1e3;
    optimize = loaded.config.times.optimize * 1e3;
    // A server goes on asking.
    TierState tier = TierState::Pending;
    for (int after = 0; after < 3;) {
      Clock::time_point one = Clock::now();
      loaded.made.extractor->run(builder.batch(), scratch, result);
      longest = std::max(longest, millisecondsSince(one));
      if (tier == TierState::Pending) {
        tier = loaded.made.tiered->state();
        native = millisecondsSince(start);
      } else {
        ++after;
      }
    }
    if (tier != TierState::Ready) state.SkipWithError(loaded.made.tiered->error().c_str());
  }
  state.counters["parse"] = parse;
  state.counters["check"] = check;
  state.counters["optimize"] = optimize;
  state.counters["first_call"] = call;
  state.counters["longest_call"] = longest;
  state.counters["native_in"] = native;
}

// The whole of loadExtractor when the first key hits; counters: milliseconds by part, measured apart.
void loadAgain(benchmark::State& state, std::string (*text)(int64_t)) {
  BenchFolder folder(text(state.range(0)));
  LoadOptions options;
  std::string error;
  options.engine.cache = ObjectCache::open(folder.cache(), error);
  LoadedConfig first = load(folder.config(), options);
  for (auto _ : state) {
    LoadedConfig loaded = load(folder.config(), options);
    if (!loaded.config.fromCache || !loaded.made.codeFromCache) state.SkipWithError("the cache was missed");
    benchmark::DoNotOptimize(loaded.made.extractor.get());
  }
  Clock::time_point start = Clock::now();
  LoadedGraph graph = loadGraph(folder.config(), {}, options.engine.cache);
  state.counters["config"] = millisecondsSince(start);
  start = Clock::now();
  std::optional<Graph> parsed = parseGraph(graph.graphText, error);
  benchmark::DoNotOptimize(parsed);
  state.counters["of_it_parse_graph"] = millisecondsSince(start);
  start = Clock::now();
  ExtractorResult made = makeExtractor(graph.graph, options.engine, graph.graphText);
  state.counters["code"] = millisecondsSince(start);
  state.counters["of_it_load_object"] = made.times.load * 1e3;
}

}  // namespace

BENCHMARK_CAPTURE(firstAnswer, mix, mixText)->Arg(1000)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(firstAnswer, generated, generatedText)
    ->Arg(1000)
    ->UseManualTime()
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(loadAgain, mix, mixText)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(loadAgain, generated, generatedText)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace featc::bench

BENCHMARK_MAIN();
