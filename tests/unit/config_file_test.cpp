// SPDX-License-Identifier: Apache-2.0
// Files of a config that are not regular files, or are replaced by such: nothing waits for a pipe.
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "engine/live_config.h"
#include "engine_fixture.h"
#include "frontend/imports.h"
#include "tests/common/catch.h"
#include "tests/common/eventually.h"

using namespace featc;
using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;

std::string problemOf(const fs::path& path, size_t limit = 1000) { return readConfigFile(path, limit).error().message; }

std::string importProblem(const std::string& name, const fs::path& folder) {
  Expected<ImportFile> found = openImport(name, folder, folder);
  return found.error().message;
}

const char* const kMain =
    "model m\nitem { x : int64\n  t : string }\nimport \"more.feat\"\ndense y = twice(x)\n"
    "dense word default -1 = vocab(t, file = \"words.txt\")\n";

}  // namespace

TEST_CASE("a config's file is a plain file, read whole", "[files]") {
  TestFolder folder;
  fs::path file = folder.write("a.feat", "text");
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  fs::create_symlink(file, folder / "link");
  CHECK(*readConfigFile(file, 4) == "text");
  CHECK(*readConfigFile(folder / "link", 4) == "text");
  CHECK(*readConfigFile(folder.write("empty", ""), 0) == "");
  std::string large(300'000, 'x');
  CHECK(*readConfigFile(folder.write("large", large), 300'000) == large);
  CHECK(problemOf(folder / "large", 299'999) == "it is larger than 299999 bytes");
  CHECK(problemOf(folder / "pipe") == "it is not a regular file");
  CHECK(problemOf("/dev/null") == "it is not a regular file");
  CHECK(problemOf("/dev/zero") == "it is not a regular file");
  CHECK(problemOf(folder / ".") == "it is a folder");
  CHECK(problemOf(folder / "none") == "no such file or directory");
}

TEST_CASE("an import is what was opened, and lies inside the root", "[files]") {
  TestFolder folder;
  fs::path root = folder / "root";
  fs::path file = folder.write("root/in/a.feat", "text");
  folder.write("outside.feat", "secret");
  REQUIRE(mkfifo((root / "pipe").c_str(), 0600) == 0);
  fs::create_symlink(folder / "outside.feat", root / "out");
  fs::create_symlink(root / "in", root / "also");
  Expected<ImportFile> found = openImport("also/a.feat", root, root);
  REQUIRE(found);
  CHECK(found->path == file);
  CHECK(*found->file.read(100) == "text");
  CHECK(importProblem("pipe", root) == "it is not a regular file");
  CHECK(importProblem("in", root) == "it is a folder");
  CHECK(importProblem("out", root) == "it is outside the root folder (see --root)");
  CHECK(importProblem("../none", root) == "it is outside the root folder (see --root)");
  CHECK(importProblem("none", root) == "no such file or directory");

  // What was opened stays what is read, and where it lies is known whatever the name stands for by then.
  Expected<ConfigFile> held = ConfigFile::open(file);
  REQUIRE(held);
  fs::rename(file, root / "b.feat");
  fs::create_symlink(folder / "outside.feat", file);
  Expected<fs::path> place = held->place();
  // Where the system cannot say it, the file counts as replaced.
  if (place)
    CHECK(*place == root / "b.feat");
  else
    CHECK(place.error().message == "it was replaced while it was read");
  fs::remove(root / "b.feat");
  place = held->place();
  REQUIRE(!place);
  CHECK(place.error().message == "it was replaced while it was read");
  CHECK(*held->read(100) == "text");
}

TEST_CASE("a file of a config that is replaced by a pipe is a failed reload, and holds nothing up", "[files]") {
  TestFolder folder;
  folder.write("main.feat", kMain);
  folder.write("more.feat", "fn twice(n: int64) = n + n\n");
  folder.write("words.txt", "a\nb\n");
  LiveOptions options;
  options.load.engine.engine = EngineKind::Interp;
  CompilePool pool(1);
  options.load.engine.pool = &pool;
  auto live = LiveConfig::open(folder / "main.feat", options);
  INFO(live->status().lastFailure.value_or(ReloadReport()).problem);
  REQUIRE(live->current() != nullptr);
  folder.write("other.feat", "model o\nitem { x : int64 }\ndense y = x\n");
  auto other = LiveConfig::open(folder / "other.feat", options);
  for (const char* name : {"main.feat", "more.feat", "words.txt"}) {
    CAPTURE(name);
    std::string text = readFile(folder / name);
    fs::remove(folder / name);
    REQUIRE(mkfifo((folder / name).c_str(), 0600) == 0);
    CHECK(eventually([&] { return live->poll(); }));
    CHECK(eventually([&] { return live->status().failing; }));
    ReloadReport report = live->reload();
    CHECK(report.outcome == ReloadOutcome::Failed);
    CHECK_THAT(report.problem, ContainsSubstring("it is not a regular file"));
    // The one compile thread serves others.
    folder.write("other.feat",
                 "model o\nitem { x : int64 }\ndense y = x + " + std::to_string(std::strlen(name)) + "\n");
    CHECK(other->reload().outcome == ReloadOutcome::Swapped);
    folder.write("other.feat", "model o\nitem { x : int64 }\ndense y = x\n");
    CHECK(other->reload().outcome != ReloadOutcome::Failed);
    fs::remove(folder / name);
    folder.write(name, text);
    CHECK(live->reload().outcome == ReloadOutcome::Unchanged);
    CHECK(!live->status().failing);
  }
}
