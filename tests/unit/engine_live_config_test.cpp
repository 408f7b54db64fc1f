// SPDX-License-Identifier: Apache-2.0
// Configs replaced while they serve: what calls see, what stays when a config is bad, what is freed and when.
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "engine/config_watcher.h"
#include "engine/live_config.h"
#include "engine_fixture.h"
#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/memory/allocation_count.h"

using namespace featc;
using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using std::chrono::milliseconds;
namespace fs = std::filesystem;

// g++ says so by names, clang by features.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FEATC_SANITIZED_TEST 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FEATC_SANITIZED_TEST 1
#endif
#endif
constexpr bool kSanitized =
#ifdef FEATC_SANITIZED_TEST
    true;
#else
    false;
#endif

// Version `n`: what is read, computed and in the import all say so.
std::string versionText(int n) {
  return "model live\nimport \"part.feat\"\nitem { x : int64 }\nsource shop(id: int64) { key \"s:{id}\"  n : int64 }\n"
         "let n = " +
         std::to_string(n) + "\ndense first = x + n\ndense read = shop(x).n\ndense second = x + n + part\n";
}

// Reads nothing but counts the versions that it is bound to.
class CountedStore final : public Store {
 public:
  explicit CountedStore(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  ~CountedStore() override { --alive_; }
  void fetch(const FetchRequest& request, Done done) override {
    FetchResult result;
    result.status.assign(request.keys.size(), KeyStatus::Absent);
    result.arena = std::make_shared<Arena>();
    result.columns.resize(request.fields.size());
    done(std::move(result));
  }

 private:
  std::atomic<int>& alive_;
};

struct TestMemory final : CallRoom {
  explicit TestMemory(const Extractor& extractor) : CallRoom(extractor), builder(extractor.info()) {}
  BatchBuilder builder;
};

// A live config in a folder of its own, on compile threads of its own.
struct Fixture {
  TestFolder folder;
  std::atomic<int> programs = 0;
  CompilePool pool{1};
  std::shared_ptr<LiveConfig> live;

  explicit Fixture(EngineKind engine = EngineKind::Jit) {
    folder.write("part.feat", "let part = 0\n");
    folder.write("main.feat", versionText(1));
    LiveOptions options;
    options.load.engine.engine = engine;
    options.load.engine.pool = &pool;
    options.load.bindStores = [this](const ProgramInfo&, StoreBinding& stores) {
      stores.fallback = std::make_shared<CountedStore>(programs);
      return std::string();
    };
    options.newMemory = [](const Extractor& extractor) { return std::make_unique<TestMemory>(extractor); };
    live = LiveConfig::open(folder / "main.feat", std::move(options));
  }
  ReloadReport reload(const std::string& text) {
    folder.write("main.feat", text);
    return live->reload();
  }
  // As editors and deployments do it.
  void replace(const std::string& name, const std::string& text) {
    folder.write(name + ".new", text);
    fs::rename(folder / (name + ".new"), folder / name);
  }
};

// What version a call gave, by each of its parts; -1 where they do not agree.
int versionOf(const LiveCall& call, int64_t x = 5) {
  auto& memory = call.memory<TestMemory>();
  memory.builder.clear();
  bool built = !memory.builder.beginRequest() && !memory.builder.beginItem() && !memory.builder.set("x", x) &&
               !memory.builder.endItem() && !memory.builder.endRequest();
  if (!built || call.extractor().run(memory.builder.batch(), memory.scratch, memory.result)) return -1;
  auto first = static_cast<int64_t>(memory.result.output(0).dense[0]);
  auto second = static_cast<int64_t>(memory.result.output(2).dense[0]);
  return first == second && memory.result.status(0) == RowStatus::Ok ? static_cast<int>(first - x) : -1;
}

// In MiB.
double residentMemory() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * 4096 / (1 << 20);
}

// Holds a pool's thread until the test lets it go.
class Gate final : public CompileJob {
 public:
  explicit Gate(std::shared_future<void> open) : open_(std::move(open)) {}
  void run() override { open_.wait(); }

 private:
  std::shared_future<void> open_;
};

}  // namespace

TEST_CASE("100 reloads under load, every tenth a broken config: no failed call, no mixed answer, nothing left") {
  Fixture f;
  REQUIRE(f.live->current() != nullptr);
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> behind = 0;
  std::atomic<int64_t> calls = 0;
  std::atomic<int> serving = 1;  // a call that begins later sees this version or a newer one
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        int least = serving;
        LiveCall call = f.live->begin();
        int version = call ? versionOf(call) : -1;
        if (version < 0) ++wrong;
        if (version < least) ++behind;
        // Leaves the compile thread, which has a low priority, some of the machine.
        if (++calls % 8 == 0) std::this_thread::sleep_for(milliseconds(1));
      }
    });
  }
  double before = 0;
  int lastGood = 1;
  for (int i = 2; i <= 101; ++i) {
    if (i == 30) before = residentMemory();
    bool broken = i % 10 == 0;
    ReloadReport report = f.reload(broken ? versionText(i) + "dense broken = no_such_name\n" : versionText(i));
    CHECK((report.outcome == ReloadOutcome::Failed) == broken);
    if (broken) CHECK_THAT(report.problem, ContainsSubstring("main.feat") && ContainsSubstring("no_such_name"));
    if (!broken) serving = lastGood = i;
    CHECK(versionOf(f.live->begin()) == lastGood);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(behind == 0);
  CHECK(calls > 100);
  LiveStatus status = f.live->status();
  CHECK(status.swaps == 91);
  CHECK(status.failures == 10);
  CHECK_FALSE(status.failing);
  REQUIRE(status.lastFailure);
  CHECK_THAT(status.lastFailure->problem, ContainsSubstring("no_such_name"));
  CHECK(status.version->info().number == 91);
  if (!kSanitized) CHECK(residentMemory() - before < 24);
  // The old ones' code goes on the compile thread.
  CHECK(eventually([&] { return f.live->status().alive == 1; }));
  CHECK(f.programs == 1);
}

TEST_CASE("a call keeps its version whole; its end frees what no other call uses") {
  Fixture f;
  LiveCall held = f.live->begin();
  LiveCall alsoHeld = f.live->begin();
  CHECK(f.reload(versionText(2)).outcome == ReloadOutcome::Swapped);
  CHECK(f.reload(versionText(3)).outcome == ReloadOutcome::Swapped);
  CHECK(versionOf(held) == 1);
  CHECK(versionOf(f.live->begin()) == 3);
  CHECK(eventually([&] { return f.programs == 2; }));
  held = LiveCall();
  CHECK(versionOf(alsoHeld) == 1);
  CHECK(f.programs == 2);
  alsoHeld = f.live->begin();
  CHECK(versionOf(alsoHeld) == 3);
  CHECK(eventually([&] { return f.programs == 1; }));
}

TEST_CASE("a call outlives its live config") {
  Fixture f;
  LiveCall held = f.live->begin();
  f.live.reset();
  CHECK(versionOf(held) == 1);
  held = LiveCall();
  CHECK(eventually([&] { return f.programs == 0; }));
}

TEST_CASE("a bad config is no obstacle at the start: it serves once it is good") {
  Fixture f;
  LiveOptions options;
  options.load.engine.pool = &f.pool;
  std::vector<ReloadOutcome> told;
  options.onReload = [&](const LiveConfig& config, const ReloadReport& report) {
    CHECK(config.path() == f.folder / "late.feat");
    told.push_back(report.outcome);
  };
  auto live = LiveConfig::open(f.folder / "late.feat", options);
  CHECK(live->current() == nullptr);
  CHECK_FALSE(live->begin());
  REQUIRE(live->status().lastFailure);
  CHECK_THAT(live->status().lastFailure->problem, ContainsSubstring("late.feat"));
  f.folder.write("late.feat", "model late\nitem { x : int64 }\ndense a = x\n");
  // What came is seen at once, and taken when it has held still.
  CHECK_FALSE(live->poll());
  CHECK(live->poll());
  CHECK(eventually([&] { return live->current() != nullptr; }));
  CHECK(eventually([&] { return !live->poll() && live->status().swaps == 1; }));
  CHECK(told == std::vector{ReloadOutcome::Failed, ReloadOutcome::Swapped});
}

TEST_CASE("an unchanged meaning is not a new version") {
  Fixture f;
  auto version = f.live->current();
  CHECK(f.live->reload().outcome == ReloadOutcome::Unchanged);
  CHECK(f.reload("# A comment.\n" + versionText(1)).outcome == ReloadOutcome::Unchanged);
  CHECK(f.live->current() == version);
  CHECK(f.live->status().swaps == 1);
}

TEST_CASE("files are watched: imports, replaced ones, deleted ones, ones that are being written") {
  Fixture f;
  // Taken up at the second poll that sees it; a reload that ends delays the first.
  auto takenUp = [&] { return eventually([&] { return f.live->poll(); }); };
  auto waitFor = [&](int version) { return eventually([&] { return versionOf(f.live->begin()) == version; }); };

  CHECK_FALSE(f.live->poll());
  CHECK_FALSE(f.live->poll());
  // By the import alone. The two parts of an answer then differ, so the import's share goes to both.
  f.replace("main.feat",
            "model live\nimport \"part.feat\"\nitem { x : int64 }\ndense first = x + part\n"
            "dense read = x\ndense second = x + part\n");
  f.live->reload();
  CHECK(versionOf(f.live->begin()) == 0);
  f.replace("part.feat", "let part = 7\n");
  CHECK(takenUp());
  CHECK(waitFor(7));
  // A look that comes back, with another content.
  f.folder.write("part.feat", "let part = 8\n");
  CHECK(takenUp());
  CHECK(waitFor(8));

  // Written piece by piece: nothing happens while it changes.
  std::string whole = versionText(9);
  f.folder.write("part.feat", "let part = 0\n");
  for (size_t size = 0; size < whole.size(); size += 40) {
    f.folder.write("main.feat", whole.substr(0, size));
    CHECK_FALSE(f.live->poll());
    CHECK(versionOf(f.live->begin()) == 8);
  }
  f.folder.write("main.feat", whole);
  CHECK(takenUp());
  CHECK(waitFor(9));

  // The half that a writer left behind is broken: what serves goes on, once the reason is told.
  uint64_t failures = f.live->status().failures;
  f.folder.write("main.feat", whole.substr(0, whole.size() / 2));
  CHECK(takenUp());
  CHECK(eventually([&] { return f.live->status().failures == failures + 1; }));
  CHECK(f.live->status().failing);
  CHECK(eventually([&] { return !f.live->poll() && !f.live->poll(); }));
  CHECK(versionOf(f.live->begin()) == 9);

  // Deleted, and put back as it was.
  fs::remove(f.folder / "main.feat");
  CHECK(takenUp());
  CHECK(eventually([&] { return f.live->status().failures == failures + 2; }));
  CHECK_THAT(f.live->status().lastFailure->problem, ContainsSubstring("main.feat"));
  CHECK(versionOf(f.live->begin()) == 9);
  auto version = f.live->current();
  eventually([&] { return !f.live->poll() && !f.live->poll(); });
  f.folder.write("main.feat", whole);
  CHECK(takenUp());
  CHECK(eventually([&] { return !f.live->status().failing; }));
  CHECK(f.live->current() == version);

  // An import that is missing is waited for.
  f.replace("main.feat", "import \"more.feat\"\n" + versionText(10) + "dense more = more\n");
  CHECK(f.live->reload().outcome == ReloadOutcome::Failed);
  f.folder.write("more.feat", "let more = 1\n");
  CHECK(takenUp());
  CHECK(waitFor(10));
}

TEST_CASE("a watcher reloads by itself, and ends while a reload runs") {
  Fixture f;
  {
    ConfigWatcher watcher({f.live}, milliseconds(10));
    f.replace("main.feat", versionText(2));
    CHECK(eventually([&] { return versionOf(f.live->begin()) == 2; }));
  }
  std::promise<void> open;
  f.pool.submit(std::make_unique<Gate>(open.get_future().share()));
  {
    ConfigWatcher watcher({f.live}, milliseconds(1));
    f.replace("main.feat", versionText(3));
    std::this_thread::sleep_for(milliseconds(50));
  }
  CHECK(versionOf(f.live->begin()) == 2);
  open.set_value();
  CHECK(f.live->reload().outcome != ReloadOutcome::Failed);
  CHECK(versionOf(f.live->begin()) == 3);
}

TEST_CASE("a reload while native code of the first version is still being made") {
  std::promise<void> open;
  Fixture f(EngineKind::Tiered);
  // The first version's native code may be in or not; what holds the thread now holds up the reload.
  f.pool.submit(std::make_unique<Gate>(open.get_future().share()));
  f.folder.write("main.feat", versionText(2));
  f.live->startReload();
  auto second = std::async(std::launch::async, [&] { return f.live->reload(); });
  CHECK(versionOf(f.live->begin()) == 1);
  open.set_value();
  CHECK(second.get().outcome != ReloadOutcome::Failed);
  CHECK(versionOf(f.live->begin()) == 2);
  // The later version is native from its first call on.
  CHECK(f.live->current()->tiered() == nullptr);
  CHECK(std::string(f.live->current()->extractor().executable().engineName()) == "jit");

  Fixture g(EngineKind::Tiered);
  for (int i = 2; i < 8; ++i) {
    CHECK(g.reload(versionText(i)).outcome == ReloadOutcome::Swapped);
    CHECK(versionOf(g.live->begin()) == i);
  }
  CHECK(eventually([&] { return g.programs == 1; }));
}

TEST_CASE("compile threads that end give reloads up, and the version that serves goes on") {
  Fixture f;
  std::promise<void> open;
  f.pool.submit(std::make_unique<Gate>(open.get_future().share()));
  f.folder.write("main.feat", versionText(2));
  auto waiting = std::async(std::launch::async, [&] { return f.live->reload(); });
  std::thread end([&] { f.pool.finish(); });
  ReloadReport report = waiting.get();
  CHECK(report.outcome == ReloadOutcome::Failed);
  CHECK_THAT(report.problem, ContainsSubstring("compile threads have ended"));
  open.set_value();
  end.join();
  CHECK(f.live->reload().outcome == ReloadOutcome::Failed);
  CHECK(versionOf(f.live->begin()) == 1);
}

TEST_CASE("a store that cannot be bound leaves the old version serving") {
  TestFolder folder;
  folder.write("main.feat", "model m\nitem { x : int64 }\ndense a = x\n");
  LiveOptions options;
  options.load.bindStores = [](const ProgramInfo& info, StoreBinding&) {
    return info.sources.empty() ? std::string() : "no store serves " + info.sources[0].name;
  };
  auto live = LiveConfig::open(folder / "main.feat", options);
  REQUIRE(live->current() != nullptr);
  folder.write("main.feat",
               "model m\nitem { x : int64 }\nsource s(id: int64) { key \"s:{id}\"  n : int64 }\ndense a = s(x).n\n");
  ReloadReport report = live->reload();
  CHECK(report.outcome == ReloadOutcome::Failed);
  CHECK(report.problem == "no store serves s");
  CHECK(live->status().swaps == 1);
}

TEST_CASE("the calls after a reload find their memory made") {
  Fixture f;
  auto callAtOnce = [&] {
    LiveCall a = f.live->begin();
    LiveCall b = f.live->begin();
    return versionOf(a) + versionOf(b);
  };
  for (int i = 0; i < 3; ++i) CHECK(callAtOnce() == 2);
  uint64_t before = allocationCount();
  CHECK(callAtOnce() == 2);
  uint64_t warm = allocationCount() - before;
  CHECK(f.reload(versionText(2)).outcome == ReloadOutcome::Swapped);
  // Taking the old one apart makes memory too.
  CHECK(eventually([&] { return f.live->status().alive == 1; }));
  before = allocationCount();
  LiveCall a = f.live->begin();
  LiveCall b = f.live->begin();
  uint64_t begun = allocationCount() - before;
  CHECK(begun == 0);
  INFO("a warm pair of calls made " << warm);
  CHECK(versionOf(a) + versionOf(b) == 4);
  // What grows with the rows is made by the first call of each; the second has it.
  before = allocationCount();
  CHECK(versionOf(a) + versionOf(b) == 4);
  CHECK(allocationCount() - before <= warm);
}
