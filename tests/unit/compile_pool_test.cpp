// SPDX-License-Identifier: Apache-2.0
// What the compile threads do where there is no memory, no thread or no pool any more: a job runs or is told why not.
#include "engine/compile_pool.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/memory/failing_memory.h"

using namespace featc;
using namespace featc::test;
using std::chrono::milliseconds;

namespace {

struct Outcome {
  std::atomic<int> ran = 0;
  std::atomic<int> dropped = 0;
  std::string why;  // of the one that was dropped
};

class Job final : public CompileJob {
 public:
  explicit Job(Outcome& outcome, const std::atomic<bool>* release = nullptr) : outcome_(outcome), release_(release) {}
  void run() override {
    ++outcome_.ran;
    while (release_ != nullptr && !*release_) std::this_thread::sleep_for(milliseconds(1));
  }
  void drop(std::string_view why) noexcept override {
    outcome_.why = why;
    ++outcome_.dropped;
  }

 private:
  Outcome& outcome_;
  const std::atomic<bool>* release_;
};

}  // namespace

TEST_CASE("a job that cannot be queued is told why", "[failing]") {
  std::unique_ptr<CompilePool> pool;
  std::unique_ptr<Outcome> outcome;
  std::unique_ptr<CompileJob> job;
  int noMemory = 0;
  int noThread = 0;
  auto prepare = [&] {
    pool = std::make_unique<CompilePool>(1);
    outcome = std::make_unique<Outcome>();
    // It is told in memory that there is.
    outcome->why.reserve(200);
    job = std::make_unique<Job>(*outcome);
  };
  prepare();
  auto submit = [&] { pool->submit(std::move(job)); };
  auto check = [&](bool threw) {
    CHECK(!threw);
    REQUIRE(eventually([&] { return outcome->ran + outcome->dropped > 0; }));
    CHECK(outcome->ran + outcome->dropped == 1);
    if (outcome->dropped == 1) {
      noMemory += outcome->why == "out of memory" ? 1 : 0;
      noThread += outcome->why == "no compile thread could be started" ? 1 : 0;
    }
    // The same pool goes on.
    pool->submit(std::make_unique<Job>(*outcome));
    int before = outcome->dropped;
    CHECK(eventually([&] { return outcome->ran == 2 - before; }));
    pool.reset();
    prepare();
  };
  withFailingMemory(submit, check);
  CHECK(noMemory >= 2);
  CHECK(noThread >= 2);
}

TEST_CASE("a job of a pool that ends is told so", "[engine]") {
  Outcome hanging;
  Outcome waiting;
  Outcome late;
  std::atomic<bool> release = false;
  CompilePool pool(1);
  pool.submit(std::make_unique<Job>(hanging, &release));
  REQUIRE(eventually([&] { return hanging.ran == 1; }));
  pool.submit(std::make_unique<Job>(waiting));
  std::thread end([&] { pool.finish(); });
  CHECK(eventually([&] { return waiting.dropped == 1; }));
  CHECK(waiting.why == "the compile threads have ended");
  release = true;
  end.join();
  CHECK(hanging.ran == 1);
  CHECK(hanging.dropped == 0);
  CHECK(waiting.ran == 0);
  pool.submit(std::make_unique<Job>(late));
  CHECK(late.dropped == 1);
  CHECK(late.why == "the compile threads have ended");
}

TEST_CASE("a job behind one that hangs runs though no thread could be started for it at first", "[failing]") {
  std::atomic<bool> release = false;
  std::unique_ptr<Outcome> hanging;
  std::unique_ptr<Outcome> behind;
  std::unique_ptr<CompilePool> pool;
  std::unique_ptr<CompileJob> job;
  auto prepare = [&] {
    release = false;
    hanging = std::make_unique<Outcome>();
    behind = std::make_unique<Outcome>();
    pool = std::make_unique<CompilePool>(2, CompilePool::kNiceness, milliseconds(10));
    pool->submit(std::make_unique<Job>(*hanging, &release));
    REQUIRE(eventually([&] { return hanging->ran == 1; }));
    job = std::make_unique<Job>(*behind);
  };
  prepare();
  auto submit = [&] { pool->submit(std::move(job)); };
  auto check = [&](bool threw) {
    CHECK(!threw);
    CHECK(eventually([&] { return behind->ran + behind->dropped == 1; }, std::chrono::seconds(10)));
    release = true;
    pool.reset();
    prepare();
  };
  withFailingMemory(submit, check);
  release = true;
}
