// SPDX-License-Identifier: Apache-2.0
// Timing sides against each other, tables, targets, the JSON file.
#include "bench/suite.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

namespace featc::bench {

namespace {

// Collects each repetition. Prints nothing, so that the tables stand alone (Debian builds the library
// without NDEBUG, of which the usual reporters warn; its timing loop is in the header, compiled here).
class Collector : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      if (run.error_occurred) throw Broken(run.error_message);
      samples[run.run_name.function_name].values.push_back(run.cpu_accumulated_time /
                                                           static_cast<double>(run.iterations) * 1e9);
    }
  }

  std::map<std::string, Samples> samples;
};

const char* verdict(const Target& target) {
  if (!target.measured) return "SKIP";
  bool holds = target.atMost ? *target.measured <= target.limit : *target.measured >= target.limit;
  return holds ? "PASS" : "FAIL";
}

// Names and notes are plain ASCII text made here.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

double Samples::median() const {
  std::vector<double> sorted = values;
  auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

double Samples::least() const { return *std::min_element(values.begin(), values.end()); }

std::map<std::string, Samples> Suite::time(const std::string& group, const std::vector<Side>& sides) {
  std::string repetitions = fmt::format("--benchmark_repetitions={}", quick_ ? 7 : 25);
  std::string least = fmt::format("--benchmark_min_time={}", quick_ ? 0.01 : 0.04);
  std::string interleave = "--benchmark_enable_random_interleaving=true";
  std::string program = "featc_bench";
  std::array<char*, 4> arguments{program.data(), repetitions.data(), least.data(), interleave.data()};
  int count = arguments.size();
  benchmark::Initialize(&count, arguments.data());
  for (const Side& side : sides) {
    benchmark::RegisterBenchmark(side.name.c_str(), [&side](benchmark::State& state) {
      for (auto _ : state) {
        side.run();
        benchmark::ClobberMemory();
      }
    });
  }
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  benchmark::ClearRegisteredBenchmarks();
  for (const Side& side : sides) {
    Samples& samples = collector.samples[side.name];
    if (samples.values.empty()) throw Broken(fmt::format("{}/{} was not timed", group, side.name));
    for (double& x : samples.values) x /= side.values;
    keep(group + "/" + side.name, "ns", samples);
  }
  return std::move(collector.samples);
}

std::map<std::string, Samples> Suite::children(const std::string& group, const std::string& command, int times) {
  std::map<std::string, Samples> samples;
  for (int i = 0; i < times; ++i) {
    std::FILE* pipe = popen(fmt::format("exec /proc/{}/exe --child {}", getpid(), command).c_str(), "r");
    if (pipe == nullptr) throw Broken("cannot start a child process");
    char name[64];
    double value = 0;
    while (std::fscanf(pipe, "%63s %lf", name, &value) == 2) samples[name].values.push_back(value);
    if (pclose(pipe) != 0) throw Broken(fmt::format("the child process \"{}\" failed", command));
  }
  for (const auto& [name, values] : samples) keep(group + "/" + name, name == "peak_mb" ? "MB" : "ms", values);
  return samples;
}

void Suite::keep(const std::string& name, const std::string& unit, const Samples& samples) {
  kept_.push_back({name, unit, samples});
}

void Suite::table(const std::string& title, const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  fmt::print("\n{}\n", title);
  for (const auto& row : rows) {
    std::string line = " ";
    for (size_t c = 0; c < row.size(); ++c)
      line += c == 0 ? fmt::format(" {:<{}}", row[c], widths[c]) : fmt::format("  {:>{}}", row[c], widths[c]);
    fmt::print("{}\n", line);
  }
  std::fflush(stdout);
}

void Suite::atMost(const std::string& name, double measured, double limit, const std::string& unit,
                   const std::string& note) {
  targets_.push_back({name, unit, limit, true, measured, note});
}
void Suite::atLeast(const std::string& name, double measured, double limit, const std::string& unit,
                    const std::string& note) {
  targets_.push_back({name, unit, limit, false, measured, note});
}
void Suite::skip(const std::string& name, double limit, bool atMost, const std::string& unit, const std::string& why) {
  targets_.push_back({name, unit, limit, atMost, std::nullopt, why});
}

void Suite::printTargets() const {
  fmt::print("\nTargets\n");
  for (const Target& target : targets_) {
    std::string measured = target.measured ? fmt::format("{:.3g} {}", *target.measured, target.unit) : "not measured";
    fmt::print("{}  {}: {} ({} {:g} {}){}\n", verdict(target), target.name, measured,
               target.atMost ? "at most" : "at least", target.limit, target.unit,
               target.note.empty() ? "" : "; " + target.note);
  }
}

void Suite::writeJson(const std::string& path) const {
  std::string text = "{\n  \"measurements\": [\n";
  for (size_t i = 0; i < kept_.size(); ++i) {
    const Kept& kept = kept_[i];
    text += fmt::format("    {{\"name\": {}, \"unit\": {}, \"median\": {}, \"least\": {}, \"samples\": [{}]}}{}\n",
                        quoted(kept.name), quoted(kept.unit), kept.samples.median(), kept.samples.least(),
                        fmt::join(kept.samples.values, ", "), i + 1 < kept_.size() ? "," : "");
  }
  text += "  ],\n  \"targets\": [\n";
  for (size_t i = 0; i < targets_.size(); ++i) {
    const Target& target = targets_[i];
    text += fmt::format(
        "    {{\"name\": {}, \"measured\": {}, \"{}\": {}, \"unit\": {}, \"verdict\": \"{}\", \"note\": {}}}{}\n",
        quoted(target.name), target.measured ? fmt::format("{}", *target.measured) : "null",
        target.atMost ? "at_most" : "at_least", target.limit, quoted(target.unit), verdict(target), quoted(target.note),
        i + 1 < targets_.size() ? "," : "");
  }
  text += "  ]\n}\n";
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw Broken(fmt::format("cannot write {}", path));
}

}  // namespace featc::bench
