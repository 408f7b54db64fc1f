// SPDX-License-Identifier: Apache-2.0
// Measures compiling and running of the mix and of generated configs; scripts/bench runs it.
#include <benchmark/benchmark.h>

#include "bench/mix.h"
#include "engine/compile.h"

namespace featc::bench {

namespace {

constexpr uint64_t kSeed = 20'261'122;

CompiledConfig compileText(const std::string& text) {
  CompiledConfig config = compileConfig("bench.feat", {}, text);
  if (!config.ok()) {
    std::fputs(config.diagnosticsText().c_str(), stderr);
    std::abort();
  }
  return config;
}

// From text to callable native code, everything included; counters give milliseconds by stage.
void compile(benchmark::State& state, const std::string& text) {
  CompileTimes front;
  CodegenTimes back;
  for (auto _ : state) {
    CompiledConfig config = compileText(text);
    ExtractorResult made = makeExtractor(config.optimized);
    benchmark::DoNotOptimize(made.extractor.get());
    front = config.times;
    back = made.times;
  }
  state.counters["parse"] = front.parse * 1e3;
  state.counters["check"] = front.check * 1e3;
  state.counters["optimize"] = front.optimize * 1e3;
  state.counters["plan"] = back.plan * 1e3;
  state.counters["machine"] = back.compile * 1e3;
  state.counters["load"] = back.load * 1e3;
}

void compileMix(benchmark::State& state) { compile(state, mixConfig(static_cast<uint32_t>(state.range(0)))); }
void compileGenerated(benchmark::State& state) {
  compile(state, generatedConfig(static_cast<uint32_t>(state.range(0)), kSeed));
}

// Extracting `rows` items; `ns_value` is the time for one output of one item.
void run(benchmark::State& state, const std::string& text, EngineKind engine, double missing) {
  CompiledConfig config = compileText(text);
  EngineOptions options;
  options.engine = engine;
  ExtractorResult made = makeExtractor(config.optimized, options);
  Scratch scratch(*made.extractor);
  Result result;
  BatchBuilder builder(config.optimized.info());
  fillMix(builder, static_cast<uint32_t>(state.range(1)), missing, kSeed);
  for (auto _ : state) {
    RunError error = made.extractor->run(builder.batch(), scratch, result);
    if (error) state.SkipWithError(error.message.c_str());
    benchmark::ClobberMemory();
  }
  double values = static_cast<double>(state.range(0)) * static_cast<double>(state.range(1));
  state.counters["ns_value"] =
      benchmark::Counter(values * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void runMix(benchmark::State& state, EngineKind engine, double missing) {
  run(state, mixConfig(static_cast<uint32_t>(state.range(0))), engine, missing);
}
void runGenerated(benchmark::State& state, EngineKind engine) {
  run(state, generatedConfig(static_cast<uint32_t>(state.range(0)), kSeed), engine, 0);
}

void rowCounts(benchmark::internal::Benchmark* b) {
  for (int64_t rows : {1, 100, 1000}) b->Args({1000, rows});
}

}  // namespace

BENCHMARK(compileMix)->Arg(1000)->Arg(2000)->Arg(5000)->Unit(benchmark::kMillisecond);
BENCHMARK(compileGenerated)->Arg(1000)->Arg(2000)->Arg(5000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(runMix, native, EngineKind::Jit, 0.0)->Apply(rowCounts)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(runMix, native_missing, EngineKind::Jit, 0.1)->Apply(rowCounts)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(runMix, interpreted, EngineKind::Interp, 0.0)->Apply(rowCounts)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(runGenerated, native, EngineKind::Jit)->Apply(rowCounts)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(runGenerated, interpreted, EngineKind::Interp)->Apply(rowCounts)->Unit(benchmark::kMicrosecond);

}  // namespace featc::bench

BENCHMARK_MAIN();
