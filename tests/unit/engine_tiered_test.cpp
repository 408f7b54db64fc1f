// SPDX-License-Identifier: Apache-2.0
// Tiering up: the same bytes before, while and after native code comes; what goes away meanwhile.
#include <sys/resource.h>

#include <atomic>
#include <future>
#include <thread>

#include "engine_fixture.h"
#include "ir/interpreter.h"
#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/memory/allocation_count.h"

using namespace featc;
using namespace featc::test;

namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{120'000};

Graph demoGraph() {
  CompiledConfig config = compileConfig("demo.feat", {}, kConfig);
  REQUIRE(config.diagnosticsText().empty());
  return config.optimized;
}

// Holds a pool's thread until the test lets it go.
class Gate final : public CompileJob {
 public:
  explicit Gate(std::shared_future<void> open) : open_(std::move(open)) {}
  void run() override { open_.wait(); }

 private:
  std::shared_future<void> open_;
};

// Calls a function before each fetch, in the middle of a call.
class WatchedStore final : public Store {
 public:
  WatchedStore(std::shared_ptr<Store> store, std::function<void()> watch)
      : store_(std::move(store)), watch_(std::move(watch)) {}
  void fetch(const FetchRequest& request, Done done) override {
    watch_();
    store_->fetch(request, std::move(done));
  }

 private:
  std::shared_ptr<Store> store_;
  std::function<void()> watch_;
};

std::string expected(const Graph& graph) {
  EngineOptions options;
  options.engine = EngineKind::Interp;
  options.stores.fallback = demoStore(graph.info());
  ExtractorResult made = makeExtractor(graph, options);
  return Caller(*made.extractor).call();
}

}  // namespace

TEST_CASE("a tiered extractor answers before native code is there, and the same afterwards") {
  Graph graph = demoGraph();
  std::string wanted = expected(graph);
  std::promise<void> open;
  CompilePool pool(1);
  pool.submit(std::make_unique<Gate>(open.get_future().share()));
  EngineOptions options;
  options.engine = EngineKind::Tiered;
  options.stores.fallback = demoStore(graph.info());
  options.pool = &pool;
  ExtractorResult made = makeExtractor(graph, options);
  REQUIRE(made.extractor != nullptr);
  REQUIRE(made.tiered != nullptr);
  CHECK(made.tiered->wait(milliseconds(1)) == TierState::Pending);

  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> native = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      Caller caller(*made.extractor);
      while (!stop) {
        if (std::string_view(made.extractor->executable().engineName()) == "jit") ++native;
        if (caller.call() != wanted) ++wrong;
        // A scratch that is made and dropped while the engines change.
        Scratch passing(*made.extractor);
      }
    });
  }
  CHECK(std::string(made.extractor->executable().engineName()) == "interp");
  open.set_value();
  CHECK(made.tiered->wait(kLong) == TierState::Ready);
  while (native < 6) std::this_thread::yield();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(std::string(made.extractor->executable().engineName()) == "jit");
  CHECK(made.tiered->error().empty());
  CHECK(Caller(*made.extractor).call() == wanted);
}

TEST_CASE("a call may change engines at any of its steps") {
  Graph graph = demoGraph();
  std::string wanted = expected(graph);
  std::shared_ptr<Store> people = demoStore(graph.info());
  std::shared_ptr<const Executable> native = compileNative(graph).executable;
  for (int change = 0; change < 2; ++change) {
    auto tiered = std::make_shared<TieredExecutable>(makeInterpreter(graph));
    int fetches = 0;
    StoreBinding stores;
    stores.fallback = std::make_shared<WatchedStore>(people, [&] {
      if (fetches++ == change) tiered->promote(native);
    });
    Extractor extractor(graph.info(), tiered, stores);
    Caller caller(extractor);
    CHECK(caller.call() == wanted);
    CHECK(fetches == 2);
    CHECK(tiered->state() == TierState::Ready);
    CHECK(caller.call() == wanted);
  }
}

TEST_CASE("the call that changes engines makes no memory") {
  Graph graph = demoGraph();
  auto tiered = std::make_shared<TieredExecutable>(makeInterpreter(graph));
  StoreBinding stores;
  stores.fallback = demoStore(graph.info());
  Extractor extractor(graph.info(), tiered, stores);
  Caller caller(extractor);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(caller.run());
  uint64_t before = allocationCount();
  CHECK_FALSE(caller.run());
  uint64_t warm = allocationCount() - before;
  tiered->promote(compileNative(graph).executable);
  before = allocationCount();
  CHECK_FALSE(caller.run());
  // The kernels' argument list may grow once.
  CHECK(allocationCount() - before <= warm + 3);
}

TEST_CASE("an extractor that goes does not wait for its native code") {
  Graph graph = demoGraph();
  std::promise<void> open;
  std::weak_ptr<const TieredExecutable> watch;
  CompilePool pool(1);
  pool.submit(std::make_unique<Gate>(open.get_future().share()));
  EngineOptions options;
  options.engine = EngineKind::Tiered;
  options.stores.fallback = demoStore(graph.info());
  options.pool = &pool;
  {
    ExtractorResult made = makeExtractor(graph, options);
    watch = made.tiered;
    Caller(*made.extractor).call();
  }
  CHECK(watch.expired());
  open.set_value();
  // Dropped at all moments of compiling.
  for (int i = 0; i < 12; ++i) {
    ExtractorResult made = makeExtractor(graph, options);
    made.tiered->wait(milliseconds(i * 4));
    Caller(*made.extractor).call();
  }
}

TEST_CASE("a pool that ends gives its waiting jobs up, and the interpreter goes on") {
  Graph graph = demoGraph();
  std::string wanted = expected(graph);
  EngineOptions options;
  options.engine = EngineKind::Tiered;
  options.stores.fallback = demoStore(graph.info());
  std::promise<void> open;
  auto pool = std::make_unique<CompilePool>(1);
  pool->submit(std::make_unique<Gate>(open.get_future().share()));
  options.pool = pool.get();
  ExtractorResult made = makeExtractor(graph, options);
  // The pool drops what waits before it waits for what runs.
  std::thread end([&] { pool.reset(); });
  CHECK(made.tiered->wait(kLong) == TierState::Failed);
  open.set_value();
  end.join();
  CHECK(made.tiered->error() == "the compile threads have ended");
  CHECK(Caller(*made.extractor).call() == wanted);
}

TEST_CASE("without native code the interpreter goes on and the reason can be asked") {
  Graph graph = demoGraph();
  EngineOptions options;
  options.engine = EngineKind::Tiered;
  options.stores.fallback = demoStore(graph.info());
  options.codegen.cpu = "no-such-cpu";
  ExtractorResult made = makeExtractor(graph, options);
  REQUIRE(made.extractor != nullptr);
  CHECK(made.tiered->wait(kLong) == TierState::Failed);
  CHECK(made.tiered->error().find("no-such-cpu") != std::string::npos);
  CHECK(std::string(made.extractor->executable().engineName()) == "interp");
  CHECK(Caller(*made.extractor).call() == expected(graph));
}

TEST_CASE("an engine of another program is not taken") {
  Graph graph = demoGraph();
  auto tiered = std::make_shared<TieredExecutable>(makeInterpreter(graph));
  Graph other = compileConfig("other.feat", {}, "model o\nitem { a : int64 }\nsparse a slot 1 = a\n").optimized;
  tiered->promote(makeInterpreter(other));
  CHECK(tiered->state() == TierState::Failed);
}

TEST_CASE("a compile pool runs at most so many jobs at a time, at low priority") {
  struct Counted final : CompileJob {
    std::atomic<int>& running;
    std::atomic<int>& most;
    std::atomic<int>& done;
    std::atomic<int>& niceness;
    Counted(std::atomic<int>& r, std::atomic<int>& m, std::atomic<int>& d, std::atomic<int>& n)
        : running(r), most(m), done(d), niceness(n) {}
    void run() override {
      int now = ++running;
      int seen = most;
      while (seen < now && !most.compare_exchange_weak(seen, now)) {
      }
#ifdef __linux__
      niceness = getpriority(PRIO_PROCESS, 0);
#endif
      // The first job waits for a second one beside it: the other thread may take its time to start.
      if (done == 0) eventually([this] { return most >= 2; });
      std::this_thread::sleep_for(milliseconds(3));
      --running;
      ++done;
    }
  };
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::atomic<int> done = 0;
  std::atomic<int> niceness = 0;
  CompilePool pool(2, 7);
  for (int i = 0; i < 12; ++i) pool.submit(std::make_unique<Counted>(running, most, done, niceness));
  while (done < 12) std::this_thread::yield();
  CHECK(most == 2);
#ifdef __linux__
  CHECK(niceness == 7);
#endif
}

TEST_CASE("a job that hangs holds up no other") {
  struct Hangs final : CompileJob {
    explicit Hangs(std::atomic<bool>& release) : release(release) {}
    void run() override {
      while (!release) std::this_thread::sleep_for(milliseconds(1));
    }
    std::atomic<bool>& release;
  };
  struct Counted final : CompileJob {
    explicit Counted(std::atomic<int>& done) : done(done) {}
    void run() override { ++done; }
    std::atomic<int>& done;
  };
  std::atomic<bool> release = false;
  std::atomic<int> done = 0;
  CompilePool pool(1, CompilePool::kNiceness, milliseconds(20));
  // More of them than there are threads, one after another.
  for (int round = 1; round <= 3; ++round) {
    pool.submit(std::make_unique<Hangs>(release));
    for (int i = 0; i < 5; ++i) pool.submit(std::make_unique<Counted>(done));
    while (done < 5 * round) std::this_thread::sleep_for(milliseconds(1));
    CHECK_FALSE(pool.isIdle());
  }
  release = true;
  while (!pool.isIdle()) std::this_thread::sleep_for(milliseconds(1));
}
