// SPDX-License-Identifier: Apache-2.0
// What a live config watches beside its config files: vocabularies and plug-ins.
#include <chrono>
#include <filesystem>
#include <thread>

#include "engine/live_config.h"
#include "engine_fixture.h"
#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/memory/failing_memory.h"

using namespace featc;
using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;

// `out` of an item; -1 where there is none.
float valueOf(const LiveConfig& live, std::string_view field, auto value) {
  LiveCall call = live.begin();
  auto& room = call.memory();
  BatchBuilder builder(call.extractor().info());
  if (builder.beginRequest() || builder.beginItem()) return -1;
  if (builder.set(field, value) || builder.endItem() || builder.endRequest()) return -1;
  if (call.extractor().run(builder.batch(), room.scratch, room.result)) return -1;
  return room.result.output(0).dense[0];
}

// A config in a folder of its own whose other file is replaced as deployments do it.
struct Fixture {
  TestFolder folder;
  CompilePool pool{1};
  std::shared_ptr<LiveConfig> live;

  void open(const std::string& config) {
    fs::create_directories(folder / "plugins");
    LiveOptions options;
    options.load.engine.engine = EngineKind::Interp;
    options.load.engine.pool = &pool;
    options.load.frontend.plugins.folders = {folder / "plugins"};
    options.load.engine.cache = *ObjectCache::open(folder / "cache");
    live = LiveConfig::open(folder.write("main.feat", config), std::move(options));
  }
  void copy(const std::string& from, const std::string& name) const {
    fs::copy_file(from, folder / (name + ".new"));
    fs::rename(folder / (name + ".new"), folder / name);
  }
  // Looks until the change of a file has started a reload and that has ended.
  void follow() const {
    uint64_t before = live->status().swaps + live->status().failures;
    CHECK(eventually([&] { return live->poll(); }));
    CHECK(eventually([&] { return live->status().swaps + live->status().failures == before + 1; }));
  }
};

}  // namespace

TEST_CASE("a vocabulary file that changes is taken up; a broken one leaves the old config serving and is told") {
  Fixture f;
  f.folder.write("words.txt", "apple\npear\n");
  f.open("model m\nitem { word : string }\ndense out = vocab(word, file = \"words.txt\")\n");
  REQUIRE(f.live->current() != nullptr);
  CHECK(valueOf(*f.live, "word", "pear") == 1);
  CHECK_FALSE(f.live->poll());

  f.folder.write("words.txt", "apple\nplum\npear\n");
  f.follow();
  CHECK(valueOf(*f.live, "word", "pear") == 2);

  // A word that appears twice.
  f.folder.write("words.txt", "apple\npear\npear\n");
  f.follow();
  CHECK(f.live->status().failing);
  CHECK_THAT(f.live->status().lastFailure->problem, ContainsSubstring("words.txt:3") && ContainsSubstring("pear"));
  CHECK(valueOf(*f.live, "word", "pear") == 2);
  CHECK_FALSE(f.live->poll());

  fs::remove(f.folder / "words.txt");
  f.follow();
  CHECK_THAT(f.live->status().lastFailure->problem,
             ContainsSubstring("words.txt") && ContainsSubstring("no such file"));
  CHECK(valueOf(*f.live, "word", "pear") == 2);

  f.folder.write("words.txt", "pear\n");
  f.follow();
  CHECK_FALSE(f.live->status().failing);
  CHECK(valueOf(*f.live, "word", "pear") == 0);
}

TEST_CASE("a plug-in that is replaced is taken up; a broken one leaves the old code serving and is told") {
  Fixture f;
  f.open("model m\nextern fn step(x: int64) -> int64 from \"libstep.so\"\nitem { x : int64 }\ndense out = step(x)\n");
  CHECK(f.live->current() == nullptr);
  CHECK_THAT(f.live->status().lastFailure->problem, ContainsSubstring("there is no file \"libstep.so\""));

  f.copy(FEATC_STEP_ONE, "plugins/libstep.so");
  f.follow();
  CHECK(valueOf(*f.live, "x", 5) == 6);
  CHECK_FALSE(f.live->poll());

  f.copy(FEATC_STEP_TWO, "plugins/libstep.so");
  f.follow();
  CHECK(valueOf(*f.live, "x", 5) == 7);

  f.folder.write("broken", "no library");
  f.copy((f.folder / "broken").string(), "plugins/libstep.so");
  f.follow();
  CHECK_THAT(f.live->status().lastFailure->problem, ContainsSubstring("cannot load \"libstep.so\""));
  CHECK(valueOf(*f.live, "x", 5) == 7);

  // Back again, out of the cache: what was watched then is watched still.
  f.copy(FEATC_STEP_ONE, "plugins/libstep.so");
  f.follow();
  CHECK(valueOf(*f.live, "x", 5) == 6);
  f.copy(FEATC_STEP_TWO, "plugins/libstep.so");
  f.follow();
  CHECK(valueOf(*f.live, "x", 5) == 7);
}

TEST_CASE("a reload that failed for lack of memory is tried again though no file changes", "[failing]") {
  Fixture f;
  auto text = [](int n) { return "model m\nitem { x : int64 }\ndense out = x + " + std::to_string(n) + "\n"; };
  int number = 0;
  f.open(text(number));
  f.folder.write("main.feat", text(++number));
  auto reload = [&] { f.live->reload(); };
  auto check = [&](bool) {
    auto serves = [&] { return valueOf(*f.live, "x", 5) == static_cast<float>(5 + number); };
    CHECK(eventually(
        [&] {
          f.live->poll();
          return serves();
        },
        std::chrono::seconds(10)));
    CHECK(eventually([&] { return !f.live->status().failing; }));
    f.folder.write("main.feat", text(++number));
  };
  withFailingMemory(reload, check, 23);
}

TEST_CASE("a config whose first attempt failed for lack of memory is tried again", "[failing]") {
  TestFolder folder;
  CompilePool pool{1};
  std::filesystem::path path = folder.write("main.feat", "model m\nitem { x : int64 }\ndense out = x\n");
  std::shared_ptr<LiveConfig> live;
  auto open = [&] {
    live = nullptr;
    LiveOptions options;
    options.load.engine.engine = EngineKind::Interp;
    options.load.engine.pool = &pool;
    live = LiveConfig::openLater(path, std::move(options));
    while (live->status().attemptSeconds > 0) std::this_thread::yield();
  };
  auto check = [&](bool) {
    if (live == nullptr) return;
    CHECK(eventually(
        [&] {
          live->poll();
          return live->current() != nullptr;
        },
        std::chrono::seconds(10)));
  };
  withFailingMemory(open, check, 29);
}
