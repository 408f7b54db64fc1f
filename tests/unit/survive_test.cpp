// SPDX-License-Identifier: Apache-2.0
// A stderr that takes nothing, and exceptions where nobody can catch them, end nothing.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "data/memory/memory_store.h"
#include "engine/compile_pool.h"
#include "engine/live_config.h"
#include "engine_fixture.h"
#include "schedulers_fixture.h"
#include "support/print_error.h"
#include "support/survive.h"
#include "tests/common/catch.h"
#include "tests/common/eventually.h"

using namespace featc;
using namespace featc::test;
using namespace std::chrono_literals;

namespace {

// Has stderr lead elsewhere for a while.
class StderrTo {
 public:
  explicit StderrTo(int file) : before_(dup(STDERR_FILENO)) {
    dup2(file, STDERR_FILENO);
    close(file);
  }
  ~StderrTo() {
    dup2(before_, STDERR_FILENO);
    close(before_);
  }

 private:
  int before_;
};

int closedPipe() {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  close(ends[0]);
  return ends[1];
}

uint64_t timesAt(const std::string& where) {
  for (const Survived& place : survivedSoFar())
    if (where == place.where) return place.times;
  return 0;
}

}  // namespace

TEST_CASE("words on stderr reach it", "[survive]") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  {
    StderrTo there(ends[1]);
    printError("{} and {}\n", 1, "two");
    writeError("three\n");
  }
  char text[64];
  ssize_t got = read(ends[0], text, sizeof text);
  close(ends[0]);
  REQUIRE(got > 0);
  CHECK(std::string(text, static_cast<size_t>(got)) == "1 and two\nthree\n");
}

TEST_CASE("words on a stderr that takes none are lost, and nothing else", "[survive]") {
  // The signal of a closed pipe would end the process.
  signal(SIGPIPE, SIG_DFL);
  int file = GENERATE(0, 1, 2);
  {
    StderrTo nowhere(file == 0 ? closedPipe() : file == 1 ? open("/dev/full", O_WRONLY) : open("/dev/null", O_RDONLY));
    for (int i = 0; i < 3; ++i) printError("line {}\n", std::string(100'000, 'x'));
    CHECK(!survive("a test on a stderr that takes nothing", [] { throw std::runtime_error("words"); }));
  }
  sigset_t pending;
  sigpending(&pending);
  CHECK(sigismember(&pending, SIGPIPE) == 0);
  CHECK(timesAt("a test on a stderr that takes nothing") >= 1);
}

TEST_CASE("a signal of a closed pipe that waited before is not taken away", "[survive]") {
  sigset_t mask;
  sigset_t before;
  sigemptyset(&mask);
  sigaddset(&mask, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &mask, &before);
  raise(SIGPIPE);
  {
    StderrTo nowhere(closedPipe());
    writeError("lost\n");
  }
  timespec now{};
  CHECK(sigtimedwait(&mask, nullptr, &now) == SIGPIPE);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("what is survived is said once and counted each time", "[survive]") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  {
    StderrTo there(ends[1]);
    for (int i = 0; i < 5; ++i) survive("a place of this test", [] { throw std::runtime_error("a full disk"); });
    survive("another place of this test", [] { throw 7; });
    CHECK(survive("a third place of this test", [] {}));
  }
  char text[512];
  ssize_t got = read(ends[0], text, sizeof text);
  close(ends[0]);
  REQUIRE(got > 0);
  CHECK(std::string(text, static_cast<size_t>(got)) ==
        "featc: a place of this test failed: a full disk; the program continues, and counts further failures there\n"
        "featc: another place of this test failed: an error that is not a standard C++ exception; the program "
        "continues, and counts further failures there\n");
  CHECK(timesAt("a place of this test") == 5);
  CHECK(timesAt("another place of this test") == 1);
  CHECK(timesAt("a third place of this test") == 0);
}

TEST_CASE("a job that throws ends no compile thread", "[survive]") {
  struct Throwing : CompileJob {
    void run() override { throw std::runtime_error("a full disk"); }
  };
  struct Counting : CompileJob {
    explicit Counting(std::atomic<int>& c) : count(c) {}
    void run() override { ++count; }
    std::atomic<int>& count;
  };
  std::atomic<int> count = 0;
  CompilePool pool(1);
  uint64_t before = timesAt("a compile job");
  for (int i = 0; i < 3; ++i) {
    pool.submit(std::make_unique<Throwing>());
    pool.submit(std::make_unique<Counting>(count));
  }
  CHECK(eventually([&] { return count == 3; }));
  CHECK(timesAt("a compile job") == before + 3);
}

TEST_CASE("a callback of reloads that throws ends no reload", "[survive]") {
  TestFolder folder;
  auto path = folder.write("m.feat", "model m\nitem { x : int64 }\ndense y = x\n");
  LiveOptions options;
  options.load.engine.engine = EngineKind::Interp;
  options.onReload = [](const LiveConfig&, const ReloadReport&) { throw std::runtime_error("a closed pipe"); };
  auto live = LiveConfig::open(path, options);
  REQUIRE(live->current() != nullptr);
  folder.write("m.feat", "model m\nitem { x : int64 }\ndense y = x + 1\n");
  CHECK(live->reload().outcome == ReloadOutcome::Swapped);
  folder.write("m.feat", "model m\nitem { x : int64 }\ndense y = x +\n");
  CHECK(live->reload().outcome == ReloadOutcome::Failed);
  CHECK(live->status().version->info().number == 2);
}

// -- Stores -------------------------------------------------------------------------------------------

namespace {

// Does to each fetch what a broken store might.
struct BrokenStore : Store {
  enum class Way { Throws, ThrowsAfter, Drops, AnswersTwice, DropsLater };
  BrokenStore(Way w, std::shared_ptr<Store> r) : way(w), rows(std::move(r)) {}
  ~BrokenStore() override {
    if (later.joinable()) later.join();
  }

  void fetch(const FetchRequest& request, Done done) override {
    switch (way) {
      case Way::Throws: throw std::runtime_error("a store that throws");
      case Way::ThrowsAfter: rows->fetch(request, std::move(done)); throw 1;
      case Way::Drops: return;
      case Way::AnswersTwice: rows->fetch(request, done); return done({});
      case Way::DropsLater:
        if (later.joinable()) later.join();
        later = std::thread([kept = std::move(done)]() mutable { kept = {}; });
    }
  }
  Way way;
  std::shared_ptr<Store> rows;
  std::thread later;
};

}  // namespace

TEST_CASE("a store that breaks its word has failed, or answered once", "[survive]") {
  using Way = BrokenStore::Way;
  ReadsProgram program(false);
  Way way = GENERATE(Way::Throws, Way::ThrowsAfter, Way::Drops, Way::AnswersTwice, Way::DropsLater);
  auto extractor = program.bind(std::make_shared<BrokenStore>(way, program.rows));
  auto good = program.bind(program.rows);
  ReadsBatch batch(extractor->info(), readsRequests(3, 9));
  Scratch scratch(*extractor);
  Scratch goodScratch(*good);
  Result result;
  Result expected;
  REQUIRE(!good->run(batch.batch(), goodScratch, expected));
  for (const CallOptions& options : {CallOptions(), pipelined(8)}) {
    for (int round = 0; round < 3; ++round) {
      REQUIRE(!extractor->run(batch.batch(), scratch, result, options));
      bool answers = way == Way::ThrowsAfter || way == Way::AnswersTwice;
      CHECK((difference(expected, result) == std::nullopt) == answers);
      CHECK(result.reads().degraded() != answers);
      if (!answers) CHECK(result.reads(0).failed == result.reads(0).keys);
    }
  }
}
