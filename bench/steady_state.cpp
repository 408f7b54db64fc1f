// SPDX-License-Identifier: Apache-2.0
// A server's daily life: calls that allocate nothing, and threads that do not hinder each other.
#include <fmt/format.h>

#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <functional>
#include <memory>
#include <thread>

#include "bench/allocation_count.h"
#include "bench/data.h"
#include "bench/families.h"
#include "bench/mix.h"
#include "bench/mix_shape.h"
#include "bench/program.h"
#include "bench/takeaway.h"

namespace featc::bench {

namespace {

struct Subject {
  const char* name;
  CompiledConfig config;
  void (*fill)(BatchBuilder& builder, uint32_t rows);
};

std::vector<Subject> subjects() {
  std::vector<Subject> subjects;
  subjects.push_back(
      {"mix", compileText(mixConfig(kMixOutputs)), [](BatchBuilder& b, uint32_t rows) { fillMix(b, rows, 0, kSeed); }});
  subjects.push_back({"takeaway", compileText(takeawayConfig()),
                      [](BatchBuilder& b, uint32_t rows) { fillTakeaway(b, rows, kSeed); }});
  return subjects;
}

// Allocations of calls with 1, 100, 1,000 and again 100 rows, after each was made once.
uint64_t countAllocations(const Subject& subject, EngineKind engine) {
  Program program(extractorOf(subject.config, engine, ""));
  std::vector<BatchBuilder> builders;
  for (uint32_t rows : {1, 100, 1000, 100}) subject.fill(builders.emplace_back(program.info()), rows);
  std::vector<Batch> batches;
  for (BatchBuilder& builder : builders) batches.push_back(builder.batch());
  for (int round = 0; round < 2; ++round)
    for (const Batch& batch : batches) program.run(batch);
  uint64_t before = allocationCount();
  for (const Batch& batch : batches) program.run(batch);
  return allocationCount() - before;
}

// What `threads` threads get done together.
struct Throughput {
  double calls = 0;     // a second
  double callsCpu = 0;  // a second of CPU time, times `threads`: what idle cores would have given
};

double threadSeconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// Some microseconds of work that keeps the arithmetic units busy and touches no memory.
void workInRegisters() {
  std::array<uint64_t, 12> x;
  for (size_t i = 0; i < x.size(); ++i) x[i] = i + 3;
  for (int round = 0; round < 2'000; ++round)
    for (uint64_t& v : x) v = (v + 0x9E3779B97F4A7C15U) ^ (v >> 32U);
  for (uint64_t v : x) benchmark::DoNotOptimize(v);
}

// `call(t)` is what thread t does again and again.
Throughput throughput(const std::function<void(size_t)>& call, size_t threads, double seconds) {
  std::atomic<bool> stop = false;
  std::atomic<size_t> ready = 0;
  struct alignas(64) Done {
    double calls = 0;
    double cpu = 0;
  };
  std::vector<Done> done(threads);
  std::vector<std::thread> running;
  for (size_t t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      call(t);
      ++ready;
      while (ready < threads) {
      }
      double cpu = threadSeconds();
      double calls = 0;
      for (; !stop.load(std::memory_order_relaxed); ++calls) call(t);
      done[t] = {calls, threadSeconds() - cpu};
    });
  }
  while (ready < threads) std::this_thread::yield();
  auto start = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (std::thread& thread : running) thread.join();
  Throughput total;
  for (const Done& d : done) {
    total.calls += d.calls / elapsed;
    total.callsCpu += d.calls / d.cpu;
  }
  return total;
}

void scaling(Suite& suite, const Subject& subject) {
  constexpr uint32_t kRows = 100;
  std::string name = fmt::format("{}, {} rows, 2 threads to 1", subject.name, kRows);
  if (std::thread::hardware_concurrency() < 2)
    return suite.skip(name, 1.9, false, "times", "this machine has one core");
  std::shared_ptr<const Extractor> extractor = extractorOf(subject.config, EngineKind::Jit, "");
  std::vector<std::unique_ptr<Program>> programs;
  std::vector<BatchBuilder> builders;
  builders.reserve(2);
  std::vector<Batch> batches;
  for (int t = 0; t < 2; ++t) {
    programs.push_back(std::make_unique<Program>(extractor));
    subject.fill(builders.emplace_back(extractor->info()), kRows);
    batches.push_back(builders.back().batch());
  }
  // Each thread has its own batch, scratch and result.
  auto extract = [&](size_t t) { programs[t]->run(batches[t]); };
  auto spin = [](size_t) { workInRegisters(); };
  Samples machine;  // how this machine's two cores do when nothing is shared
  Samples one;
  Samples two;
  Samples ratios;
  Samples cpuRatios;
  for (int round = 0; round < (suite.quick() ? 5 : 15); ++round) {
    machine.values.push_back(throughput(spin, 2, 0.05).calls / throughput(spin, 1, 0.05).calls);
    Throughput alone = throughput(extract, 1, 0.1);
    Throughput together = throughput(extract, 2, 0.1);
    one.values.push_back(alone.calls);
    two.values.push_back(together.calls);
    ratios.values.push_back(together.calls / alone.calls);
    cpuRatios.values.push_back(together.callsCpu / alone.callsCpu);
  }
  suite.keep(fmt::format("threads/{}/1", subject.name), "calls/s", one);
  suite.keep(fmt::format("threads/{}/2", subject.name), "calls/s", two);
  suite.table(fmt::format("{}, {} rows, calls a second", subject.name, kRows),
              {{"1 thread", "2 threads", "ratio"},
               {fmt::format("{:.0f}", one.median()), fmt::format("{:.0f}", two.median()),
                fmt::format("{:.2f}", ratios.median())}});
  std::string note = fmt::format("by CPU time {:.2f} times, work in registers alone {:.2f} times", cpuRatios.median(),
                                 machine.median());
  if (ratios.median() < 1.9 && machine.median() < 1.9)
    suite.skip(name, 1.9, false, "times",
               fmt::format("two threads that share nothing do not double either, so these are not two idle cores: "
                           "{:.2f} times, {}",
                           ratios.median(), note));
  else
    suite.atLeast(name, ratios.median(), 1.9, "times", note);
}

}  // namespace

void benchSteadyState(Suite& suite) {
  for (const Subject& subject : subjects()) {
    for (EngineKind engine : {EngineKind::Jit, EngineKind::Interp}) {
      const char* name = engine == EngineKind::Jit ? "native" : "interpreter";
      auto count = static_cast<double>(countAllocations(subject, engine));
      suite.atMost(fmt::format("{}, {}, heap allocations in warm calls", subject.name, name), count, 0, "allocations");
    }
    scaling(suite, subject);
  }
}

}  // namespace featc::bench
