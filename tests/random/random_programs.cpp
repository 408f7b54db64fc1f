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
#include <stdexcept>

#include "tests/common/engines.h"
#include "tests/random/beside.h"
#include "tests/random/checker.h"
#include "tests/random/digest.h"
#include "tests/random/generator.h"
#include "tests/random/keep.h"
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
  bool enginesOnly = false;
  std::string digestFile;   // empty: none
  std::string keepFolder;   // empty: programs are checked, not kept
  std::string operatorsOf;  // a file; empty: all operators
  std::vector<std::string> without;
  Choice choice;  // of the two above
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
  c.program = randomProgram(rng, options.semantics == 0 ? inTurn : options.semantics, options.choice, use);
  c.data = randomData(rng, c.program);
  c.storeSeed = rng.next();
  // The best CPU each time, the others in turn; made quickly and made to be kept in turn.
  const std::vector<std::string>& cpus = testedCpus();
  if (options.enginesOnly) {
    c.forms.push_back({cpus.back(), false});
    return c;
  }
  bool kept = index % 2 == 1;
  c.forms.push_back({cpus.back(), kept});
  if (cpus.size() > 1 && index / 2 % 4 == 0) c.forms.push_back({cpus[index / 8 % (cpus.size() - 1)], !kept});
  return c;
}

std::string report(const RandomCase& c, const Disagreement& d, const Options& options, uint64_t index) {
  return fmt::format("# Program {} of seed {}: {}\n# {}\n\n{}\n# data\n{}", index, options.seed, d.kind, d.detail,
                     c.program.text(), c.data.text());
}

// Checks one program after another.
class Run {
 public:
  explicit Run(const Options& options) : options_(options) {
    if (options.digestFile.empty()) return;
    digests_.open(options.digestFile);
    if (!digests_) throw std::runtime_error("cannot write " + options.digestFile);
  }

  // True when all is well.
  bool one(uint64_t index);
  const OperatorUse& use() const { return use_; }

 private:
  void tell(const RandomCase& c, const Disagreement& d, uint64_t index) const;

  const Options& options_;
  OperatorUse use_;
  std::ofstream digests_;
};

bool Run::one(uint64_t index) {
  std::snprintf(gPlace, sizeof gPlace,
                "crashed or hung in program %llu of seed %llu: repeat with --only %llu --seed %llu\n",
                static_cast<unsigned long long>(index), static_cast<unsigned long long>(options_.seed),
                static_cast<unsigned long long>(index), static_cast<unsigned long long>(options_.seed));
  RandomCase c = makeCase(options_, index, use_);
  if (options_.print) fmt::print("{}\n{}\n", c.program.text(), c.data.text());
  if (!options_.keepFolder.empty()) {
    keepProgram(c, options_.keepFolder, index);
    return true;
  }
  ProgramDigest digest;
  CheckOptions how;
  how.enginesOnly = options_.enginesOnly;
  how.begins = [] { alarm(kHangSeconds); };
  if (digests_.is_open()) how.digest = &digest;
  std::optional<Disagreement> d = check(c, how);
  alarm(0);
  if (digests_.is_open()) {
    digest.program = digestOf(c.program, c.data, c.storeSeed);
    digests_ << digest.text(options_.seed, index);
  }
  if (d) tell(c, *d, index);
  return !d;
}

void Run::tell(const RandomCase& c, const Disagreement& d, uint64_t index) const {
  fmt::print(stderr, "program {} of seed {}: {}\n{}\nreducing ...\n", index, options_.seed, d.kind, d.detail);
  RandomCase small = reduce(c, d.kind, options_.enginesOnly);
  CheckOptions how;
  how.enginesOnly = options_.enginesOnly;
  Disagreement smallest = check(small, how).value_or(d);
  std::string path = fmt::format("{}/repro-{}-{}.txt", options_.reproFolder, options_.seed, index);
  std::string text = report(small, smallest, options_, index);
  std::ofstream(path) << text;
  fmt::print(stderr, "{}\nwritten to {}\n", text, path);
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
  Run programs(options);
  auto start = std::chrono::steady_clock::now();
  uint64_t done = 0;
  uint64_t failed = 0;
  constexpr uint64_t kMaxFailures = 5;
  if (options.only >= 0) {
    ++done;
    failed += programs.one(static_cast<uint64_t>(options.only)) ? 0 : 1;
  } else {
    for (uint64_t i = options.first; i < options.programs && failed < kMaxFailures; i += options.stride, ++done)
      failed += programs.one(i) ? 0 : 1;
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("seed {}: {} programs, {} with a difference, {:.1f} programs a second\n", options.seed, done, failed,
             static_cast<double>(done) / seconds);
  std::string never = unused(programs.use());
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
  app.add_flag("--engines-only", options.enginesOnly,
               "Compare only the interpreter with native code for the best CPU, to check more programs a second");
  app.add_option("--digest", options.digestFile, "Write a line a program with hashes of its results")
      ->type_name("FILE");
  app.add_option("--keep", options.keepFolder, "Write programs and their data for featc run, and check nothing")
      ->type_name("DIR");
  app.add_option("--operators-of", options.operatorsOf,
                 "Use only operators that this file names, as featc ops prints it")
      ->type_name("FILE");
  app.add_option("--without", options.without, "Leave these features of the language out, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(featc::featureNames()));
  app.add_flag("--print", options.print, "Print every program and its data");
  app.add_flag("--require-all-operators", options.requireAllOperators, "Fail when some operator was never used");
  CLI11_PARSE(app, argc, argv);
  options.choice.leaveOut(options.without);
  if (!options.operatorsOf.empty()) {
    if (std::string problem = options.choice.onlyOperatorsOf(options.operatorsOf); !problem.empty()) {
      fmt::print(stderr, "--operators-of: {}\n", problem);
      return 2;
    }
  }
  if (!options.keepFolder.empty()) featc::keepBeside(options.keepFolder);
  for (int s : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM}) signal(s, featc::onCrash);
  return featc::run(options);
}
