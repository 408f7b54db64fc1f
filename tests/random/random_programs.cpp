// SPDX-License-Identifier: Apache-2.0
// The differential fuzzer: random well-typed programs on random data, every engine against the
// interpreter of the raw graph.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "tests/common/engines.h"
#include "tests/random/beside.h"
#include "tests/random/checker.h"
#include "tests/random/generator.h"
#include "tests/random/reducer.h"

namespace featc {
namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t programs = 1000;
  uint64_t first = 0;  // with a stride: the part of this process
  uint64_t stride = 1;
  int64_t only = -1;
  uint32_t semantics = 0;  // of all programs; 0: all versions in turn
  std::string reproFolder = ".";
  bool print = false;
  bool requireAllOperators = false;
};

// A step of a check that takes longer hangs; a heavy program on much data takes half as long.
constexpr unsigned kHangSeconds = 120;

// What a crash handler may still use: where the run is.
char gPlace[128];

void onCrash(int signal) {
  ssize_t ignored = write(STDERR_FILENO, gPlace, strnlen(gPlace, sizeof gPlace));
  (void)ignored;
  ::signal(signal, SIG_DFL);
  raise(signal);
}

RandomCase makeCase(const Options& options, uint64_t index, OperatorUse& use) {
  Rng rng(options.seed, index);
  RandomCase c;
  uint32_t inTurn = 1 + static_cast<uint32_t>(index / 2 % kNewestSemantics);
  c.program = randomProgram(rng, options.semantics == 0 ? inTurn : options.semantics, use);
  c.data = randomData(rng, c.program);
  c.storeSeed = rng.next();
  // The best CPU each time, the others in turn; made quickly and made to be kept in turn.
  const std::vector<std::string>& cpus = testedCpus();
  bool kept = index % 2 == 1;
  c.forms.push_back({cpus.back(), kept});
  if (cpus.size() > 1 && index / 2 % 4 == 0) c.forms.push_back({cpus[index / 8 % (cpus.size() - 1)], !kept});
  return c;
}

std::string report(const RandomCase& c, const Disagreement& d, const Options& options, uint64_t index) {
  return fmt::format("# Program {} of seed {}: {}\n# {}\n\n{}\n# data\n{}", index, options.seed, d.kind, d.detail,
                     c.program.text(), c.data.text());
}

// True when all is well.
bool runOne(const Options& options, uint64_t index, OperatorUse& use) {
  std::snprintf(gPlace, sizeof gPlace,
                "crashed or hung in program %llu of seed %llu: repeat with --only %llu --seed %llu\n",
                static_cast<unsigned long long>(index), static_cast<unsigned long long>(options.seed),
                static_cast<unsigned long long>(index), static_cast<unsigned long long>(options.seed));
  RandomCase c = makeCase(options, index, use);
  if (options.print) fmt::print("{}\n{}\n", c.program.text(), c.data.text());
  std::optional<Disagreement> d = check(c, [] { alarm(kHangSeconds); });
  alarm(0);
  if (!d) return true;
  fmt::print(stderr, "program {} of seed {}: {}\n{}\nreducing ...\n", index, options.seed, d->kind, d->detail);
  RandomCase small = reduce(c, d->kind);
  Disagreement smallest = check(small).value_or(*d);
  std::string path = fmt::format("{}/repro-{}-{}.txt", options.reproFolder, options.seed, index);
  std::string text = report(small, smallest, options, index);
  std::ofstream(path) << text;
  fmt::print(stderr, "{}\nwritten to {}\n", text, path);
  return false;
}

// Names of operators and extern fns that no program used.
std::string unused(const OperatorUse& use) {
  std::string out;
  for (const auto& op : operators().all())
    if (!op->isInternal && !use.contains(op->name)) out += fmt::format(" {}", op->name);
  for (const auto& fn : besideExterns())
    if (!use.contains(fn->decl.name)) out += fmt::format(" {}", fn->decl.name);
  return out;
}

int run(const Options& options) {
  OperatorUse use;
  auto start = std::chrono::steady_clock::now();
  uint64_t done = 0;
  uint64_t failed = 0;
  constexpr uint64_t kMaxFailures = 5;
  if (options.only >= 0) {
    ++done;
    failed += runOne(options, static_cast<uint64_t>(options.only), use) ? 0 : 1;
  } else {
    for (uint64_t i = options.first; i < options.programs && failed < kMaxFailures; i += options.stride, ++done)
      failed += runOne(options, i, use) ? 0 : 1;
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("seed {}: {} programs, {} with a difference, {:.0f} programs a second\n", options.seed, done, failed,
             static_cast<double>(done) / seconds);
  std::string never = unused(use);
  if (options.requireAllOperators && !never.empty()) {
    fmt::print(stderr, "operators that no program used:{}\n", never);
    return 1;
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace featc

int main(int argc, char** argv) {
  featc::Options options;
  CLI::App app("Compares all engines on random programs");
  app.add_option("--seed", options.seed, "Seed of the programs and the data");
  app.add_option("--programs", options.programs, "How many programs");
  app.add_option("--first", options.first, "First program");
  app.add_option("--stride", options.stride, "Every how-manieth program: several processes share a seed")
      ->check(CLI::PositiveNumber);
  app.add_option("--only", options.only, "This program alone");
  app.add_option("--semantics", options.semantics, "Version of the meaning of all programs; else all in turn")
      ->check(CLI::Range(1U, featc::kNewestSemantics));
  app.add_option("--repro-folder", options.reproFolder, "Where reduced programs are written");
  app.add_flag("--print", options.print, "Print every program and its data");
  app.add_flag("--require-all-operators", options.requireAllOperators, "Fail when some operator was never used");
  CLI11_PARSE(app, argc, argv);
  for (int s : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM}) signal(s, featc::onCrash);
  return featc::run(options);
}
