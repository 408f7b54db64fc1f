// SPDX-License-Identifier: Apache-2.0
// What is measured in a process of its own.
#include "bench/child.h"

#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

#include "bench/data.h"
#include "bench/mix.h"
#include "bench/program.h"
#include "bench/suite.h"
#include "bench/takeaway.h"

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

// Calls for ten seconds, to be looked at with perf.
void spin(std::string_view kind, uint32_t rows) {
  CompiledConfig config = compileText(configText(kind, 1000));
  Program program(extractorOf(config, EngineKind::Jit, ""));
  BatchBuilder builder(program.info());
  if (kind == "takeaway")
    fillTakeaway(builder, rows, kSeed);
  else
    fillMix(builder, rows, 0, kSeed);
  Batch batch = builder.batch();
  Timer timer(CLOCK_MONOTONIC);
  while (timer.milliseconds() < 10'000) program.run(batch);
}

}  // namespace

int runChild(std::span<char* const> arguments) {
  if (arguments.size() != 3) throw Broken("a child needs a job, a config and a number");
  std::string_view job = arguments[0];
  std::string_view kind = arguments[1];
  auto number = static_cast<uint32_t>(std::strtoul(arguments[2], nullptr, 10));
  if (job == "compile")
    compile(configText(kind, number));
  else if (job == "spin")
    spin(kind, number);
  else
    throw Broken(fmt::format("no job {}", job));
  return 0;
}

}  // namespace featc::bench
