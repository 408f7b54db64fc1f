// SPDX-License-Identifier: Apache-2.0
// The object cache: what hits, what does not, and every way in which a cache folder can be bad.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "engine/open_config.h"
#include "engine_fixture.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;

namespace {

namespace fs = std::filesystem;

std::shared_ptr<const ObjectCache> openCache(const fs::path& folder, uint64_t bytes = ObjectCache::kDefaultBytes) {
  auto cache = ObjectCache::open(folder, bytes);
  INFO(cache.error().message);
  REQUIRE(cache);
  return *cache;
}

LoadOptions cached(std::shared_ptr<const ObjectCache> cache, EngineKind engine = EngineKind::Jit) {
  LoadOptions options;
  options.engine.engine = engine;
  options.engine.cache = std::move(cache);
  options.bindStores = [](const ProgramInfo& info, StoreBinding& stores) {
    if (!info.sources.empty()) stores.fallback = demoStore(info);
    return std::string();
  };
  return options;
}

struct Hits {
  bool config;
  bool code;
  bool operator==(const Hits&) const = default;
};
std::ostream& operator<<(std::ostream& out, Hits hits) { return out << hits.config << hits.code; }

Hits hits(const OpeningDetails& loaded) {
  INFO(loaded.problem());
  REQUIRE(loaded.made.extractor != nullptr);
  return {loaded.config.fromCache, loaded.made.codeFromCache};
}

constexpr Hits kMiss{false, false};
constexpr Hits kBoth{true, true};
constexpr Hits kCodeOnly{false, true};
constexpr Hits kConfigOnly{true, false};

// A small config: compiling it is quick.
constexpr const char* kSmall = "model s\nitem { a : int64 }\nsparse a slot 1 = a * 3\n";

std::vector<fs::path> entries(const fs::path& folder, const std::string& suffix) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == suffix) out.push_back(entry.path());
  return out;
}

uint64_t bytesIn(const fs::path& folder) {
  uint64_t bytes = 0;
  for (const char* suffix : {".config", ".code"})
    for (const fs::path& file : entries(folder, suffix)) bytes += fs::file_size(file);
  return bytes;
}

}  // namespace

TEST_CASE("what was compiled once is loaded the next time, with the same results and warnings") {
  TestFolder folder;
  fs::path config = folder.write("demo.feat", std::string(kConfig) + "let unused = 1\n");
  OpeningDetails first = openInDetail(config, cached(openCache(folder / "cache")));
  CHECK(hits(first) == kMiss);
  OpeningDetails again = openInDetail(config, cached(openCache(folder / "cache")));
  CHECK(hits(again) == kBoth);
  CHECK_FALSE(first.config.diagnosticsText().empty());
  CHECK(again.config.diagnosticsText() == first.config.diagnosticsText());
  CHECK(again.config.rawNodes == first.config.rawNodes);
  CHECK(Caller(*again.made.extractor).call() == Caller(*first.made.extractor).call());

  SECTION("the interpreter needs the config only, tiering up is done at once") {
    CHECK(hits(openInDetail(config, cached(openCache(folder / "cache"), EngineKind::Interp))) == kConfigOnly);
    OpeningDetails tiered = openInDetail(config, cached(openCache(folder / "cache"), EngineKind::Tiered));
    CHECK(hits(tiered) == kBoth);
    CHECK(tiered.made.tiered == nullptr);
    CHECK(std::string(tiered.made.extractor->executable().engineName()) == "jit");
  }
  SECTION("another CPU has code of its own") {
    LoadOptions options = cached(openCache(folder / "cache"));
    options.engine.codegen.cpu = "x86-64";
    if (compileNative(Graph(), options.engine.codegen).error.empty()) {
      CHECK(hits(openInDetail(config, options)) == kMiss);
      CHECK(hits(openInDetail(config, options)) == kBoth);
    }
  }
  SECTION("code that went is made again from the graph, a config that went is read again") {
    for (const fs::path& file : entries(folder / "cache", ".code")) fs::remove(file);
    CHECK(hits(openInDetail(config, cached(openCache(folder / "cache")))) == kConfigOnly);
    CHECK(hits(openInDetail(config, cached(openCache(folder / "cache")))) == kBoth);
    for (const fs::path& file : entries(folder / "cache", ".config")) fs::remove(file);
    CHECK(hits(openInDetail(config, cached(openCache(folder / "cache")))) == kCodeOnly);
  }
}

TEST_CASE("tiering up fills the cache") {
  TestFolder folder;
  fs::path config = folder.write("s.feat", kSmall);
  OpeningDetails first = openInDetail(config, cached(openCache(folder / "cache"), EngineKind::Tiered));
  CHECK(hits(first) == kMiss);
  REQUIRE(first.made.tiered != nullptr);
  CHECK(first.made.tiered->wait(std::chrono::minutes(2)) == TierState::Ready);
  CHECK(hits(openInDetail(config, cached(openCache(folder / "cache")))) == kBoth);
}

TEST_CASE("a changed comment hits the second key, a changed meaning none") {
  TestFolder folder;
  auto cache = openCache(folder / "cache");
  fs::path config = folder.write("s.feat", kSmall);
  CHECK(hits(openInDetail(config, cached(cache))) == kMiss);
  folder.write("s.feat", "# tripled\n" + std::string(kSmall));
  CHECK(hits(openInDetail(config, cached(cache))) == kCodeOnly);
  CHECK(hits(openInDetail(config, cached(cache))) == kBoth);
  folder.write("s.feat", "model s\nitem { a : int64 }\nsparse a slot 1 = a * 4\n");
  CHECK(hits(openInDetail(config, cached(cache))) == kMiss);
  folder.write("s.feat", kSmall);
  CHECK(hits(openInDetail(config, cached(cache))) == kBoth);
  folder.write("elsewhere/s.feat", kSmall);
  CHECK(hits(openInDetail(folder / "elsewhere/s.feat", cached(cache))) == kCodeOnly);
}

TEST_CASE("a config with errors is not kept") {
  TestFolder folder;
  fs::path config = folder.write("bad.feat", "model s\nitem { a : int64 }\nsparse a slot 1 = b\n");
  for (int i = 0; i < 2; ++i) {
    OpeningDetails loaded = openInDetail(config, cached(openCache(folder / "cache")));
    CHECK(loaded.made.extractor == nullptr);
    CHECK_FALSE(loaded.config.fromCache);
    CHECK(loaded.problem().find("bad.feat:3:") != std::string::npos);
  }
  CHECK(bytesIn(folder / "cache") == 0);
  CHECK_FALSE(openInDetail(folder / "none.feat", cached(openCache(folder / "cache"))).config.ok);
}

TEST_CASE("imports count: what they say, and where their names lead") {
  TestFolder folder;
  auto cache = openCache(folder / "cache");
  folder.write("v1/fields.feat", "import \"more.feat\"\nitem { a : int64 }\n");
  folder.write("v1/more.feat", "let twice = a * 2\n");
  folder.write("v2/fields.feat", "import \"more.feat\"\nitem { a : int64 }\n");
  folder.write("v2/more.feat", "let twice = a * 22\n");
  fs::create_directory_symlink(folder / "v1", folder / "lib");
  fs::path config = folder.write(
      "s.feat", "model s\nimport \"lib/fields.feat\"\nimport \"lib/more.feat\"\nsparse a slot 1 = twice\n");
  CHECK(hits(openInDetail(config, cached(cache))) == kMiss);
  CHECK(hits(openInDetail(config, cached(cache))) == kBoth);
  folder.write("v1/more.feat", "let twice = a * 3\n");
  CHECK(hits(openInDetail(config, cached(cache))) == kMiss);
  folder.write("v1/more.feat", "let twice = a + a + 0\n");
  CHECK_FALSE(openInDetail(config, cached(cache)).config.fromCache);
  CHECK(hits(openInDetail(config, cached(cache))) == kBoth);
  // The same text of the first import, but its own import lies elsewhere.
  fs::remove(folder / "lib");
  fs::create_directory_symlink(folder / "v2", folder / "lib");
  OpeningDetails moved = openInDetail(config, cached(cache));
  CHECK(hits(moved) == kMiss);
  CHECK(moved.config.graphText.find("22") != std::string::npos);
  fs::remove(folder / "lib");
  CHECK_FALSE(openInDetail(config, cached(cache)).config.ok);
}

TEST_CASE("options that change what a config means are part of the key") {
  TestFolder folder;
  auto cache = openCache(folder / "cache");
  fs::path config = folder.write("s.feat", std::string(kSmall) + "item { b : int64 }\n");
  LoadOptions options = cached(cache);
  CHECK(hits(openInDetail(config, options)) == kMiss);
  options.frontend.warnUnusedFields = true;
  CHECK(hits(openInDetail(config, options)) == kCodeOnly);
  options.frontend.limits.nesting = 1;
  CHECK(hits(openInDetail(config, options)) == kCodeOnly);
  options.frontend.root = folder / ".";
  options.engine.codegen.limits.loopStores = 3;
  CHECK(hits(openInDetail(config, options)) == kMiss);
}

TEST_CASE("a damaged entry is as good as none, wherever the damage is") {
  TestFolder folder;
  fs::path config = folder.write("s.feat", kSmall);
  auto cache = openCache(folder / "cache");
  hits(openInDetail(config, cached(cache)));
  fs::path configEntry = entries(folder / "cache", ".config").at(0);
  fs::path codeEntry = entries(folder / "cache", ".code").at(0);
  std::string configBytes = readFile(configEntry);
  std::string codeBytes = readFile(codeEntry);
  REQUIRE(readConfigEntry(configBytes));
  REQUIRE(readCodeEntry(codeBytes));

  SECTION("a flipped bit at any offset") {
    for (size_t i = 0; i < configBytes.size(); ++i) {
      std::string bytes = configBytes;
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << i % 8));
      CHECK_FALSE(readConfigEntry(bytes));
    }
    for (size_t i = 0; i < codeBytes.size(); ++i) {
      std::string bytes = codeBytes;
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << i % 8));
      CHECK_FALSE(readCodeEntry(bytes));
    }
  }
  SECTION("cut at any length, or with more behind") {
    for (size_t i = 0; i < configBytes.size(); ++i) CHECK_FALSE(readConfigEntry(configBytes.substr(0, i)));
    for (size_t i = 0; i < codeBytes.size(); i += 7) CHECK_FALSE(readCodeEntry(codeBytes.substr(0, i)));
    CHECK_FALSE(readConfigEntry(configBytes + '\0'));
    CHECK_FALSE(readCodeEntry(codeBytes + codeBytes));
  }
  SECTION("lengths that lie under a right checksum") {
    for (size_t i = 40; i + 8 <= configBytes.size(); ++i) {
      std::string bytes = configBytes;
      bytes.replace(i, 8, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F");
      sealEntry(bytes);
      readConfigEntry(bytes);
    }
  }
  SECTION("the file is replaced") {
    for (const std::string& bytes :
         {std::string(), std::string("not ours"), configBytes.substr(0, 100), std::string(100'000, '\xA5')}) {
      folder.write("cache/" + configEntry.filename().string(), bytes);
      folder.write("cache/" + codeEntry.filename().string(), bytes);
      CHECK(hits(openInDetail(config, cached(cache))) == kMiss);
      CHECK(readFile(configEntry) == configBytes);
      CHECK(hits(openInDetail(config, cached(cache))) == kBoth);
    }
  }
  SECTION("an entry under another's name") {
    folder.write("other.feat", "model o\nitem { a : int64 }\nsparse a slot 1 = a * 9\n");
    hits(openInDetail(folder / "other.feat", cached(cache)));
    for (const fs::path& file : entries(folder / "cache", ".config"))
      if (file != configEntry) fs::copy_file(file, configEntry, fs::copy_options::overwrite_existing);
    for (const fs::path& file : entries(folder / "cache", ".code"))
      if (file != codeEntry) fs::copy_file(file, codeEntry, fs::copy_options::overwrite_existing);
    CHECK(hits(openInDetail(config, cached(cache))) == kMiss);
  }
  SECTION("a graph or code that is none, under a right checksum") {
    ConfigEntry entry = *readConfigEntry(configBytes);
    entry.graph = "output sparse";
    folder.write("cache/" + configEntry.filename().string(), toBytes(entry));
    CHECK(hits(openInDetail(config, cached(cache))) == kCodeOnly);
    CodeEntry code = *readCodeEntry(codeBytes);
    code.code.files = {""};
    folder.write("cache/" + codeEntry.filename().string(), toBytes(code));
    CHECK(hits(openInDetail(config, cached(cache))) == kConfigOnly);
    CHECK(hits(openInDetail(config, cached(cache))) == kBoth);
  }
  SECTION("a folder, a pipe, a symlink under its name") {
    fs::remove(codeEntry);
    fs::create_directory(codeEntry);
    CHECK(hits(openInDetail(config, cached(cache))) == kConfigOnly);
    fs::remove(codeEntry);
    REQUIRE(mkfifo(codeEntry.c_str(), 0600) == 0);
    CHECK(hits(openInDetail(config, cached(cache))) == kConfigOnly);
    CHECK(hits(openInDetail(config, cached(cache))) == kBoth);
    fs::rename(codeEntry, folder / "code");
    fs::create_symlink(folder / "code", codeEntry);
    CHECK(hits(openInDetail(config, cached(cache))) == kConfigOnly);
  }
  SECTION("an entry that others could write") {
    REQUIRE(chmod(codeEntry.c_str(), 0620) == 0);
    CHECK(hits(openInDetail(config, cached(cache))) == kConfigOnly);
    REQUIRE(chmod(configEntry.c_str(), 0602) == 0);
    CHECK(hits(openInDetail(config, cached(cache))) == kCodeOnly);
    CHECK(hits(openInDetail(config, cached(cache))) == kBoth);
  }
}

TEST_CASE("a cache folder is made for its user only; one that others can write is refused") {
  TestFolder folder;
  openCache(folder / "a/b/cache");
  for (const char* made : {"a", "a/b", "a/b/cache"}) CHECK(fs::status(folder / made).permissions() == fs::perms(0700));
  auto errorOf = [&](const fs::path& path) { return ObjectCache::open(path).error().message; };
  for (unsigned mode : {0770U, 0702U, 0777U}) {
    REQUIRE(chmod((folder / "a/b/cache").c_str(), mode) == 0);
    CHECK(errorOf(folder / "a/b/cache").find("others may write to it") != std::string::npos);
  }
  REQUIRE(chmod((folder / "a/b/cache").c_str(), 0755) == 0);
  CHECK(ObjectCache::open(folder / "a/b/cache"));
  folder.write("file", "");
  CHECK_FALSE(errorOf(folder / "file").empty());
  CHECK_FALSE(errorOf(folder / "file/cache").empty());
  if (geteuid() != 0) {
    CHECK(errorOf("/").find("another user (uid 0)") != std::string::npos);
  } else {
    REQUIRE(chown((folder / "a/b/cache").c_str(), 4321, 4321) == 0);
    CHECK(errorOf(folder / "a/b/cache").find("another user (uid 4321)") != std::string::npos);
  }
}

TEST_CASE("a cache stays within its size; what was used last stays") {
  TestFolder folder;
  auto roomy = openCache(folder / "cache");
  CodeEntry entry;
  entry.key = "k";
  entry.code.files = {std::string(10'000, 'x')};
  for (int i = 0; i < 8; ++i) {
    entry.graph = std::to_string(i);
    REQUIRE(roomy->store(entry));
  }
  CHECK(entries(folder / "cache", ".code").size() == 8);
  CHECK(roomy->findCode("k", "0"));  // now the one used last
  folder.write("cache/readme.txt", std::string(100'000, 'x'));
  folder.write("cache/part-1-0-0", "left behind");
  folder.write("cache/part-2-0-0", "being written");
  fs::last_write_time(folder / "cache/part-1-0-0", fs::file_time_type::clock::now() - std::chrono::hours(2));
  auto tight = openCache(folder / "cache", 35'000);
  entry.graph = "new";
  REQUIRE(tight->store(entry));
  CHECK(bytesIn(folder / "cache") <= 35'000);
  CHECK(entries(folder / "cache", ".code").size() == 3);
  CHECK(tight->findCode("k", "0"));
  CHECK(tight->findCode("k", "new"));
  CHECK(tight->findCode("k", "7"));
  CHECK(fs::exists(folder / "cache/readme.txt"));
  CHECK_FALSE(fs::exists(folder / "cache/part-1-0-0"));
  CHECK(fs::exists(folder / "cache/part-2-0-0"));
  entry.graph = "large";
  entry.code.files = {std::string(40'000, 'x')};
  CHECK_FALSE(tight->store(entry));
  CHECK(tight->findCode("k", "0"));
}

TEST_CASE("a cache that cannot be written is no obstacle") {
  TestFolder folder;
  fs::path config = folder.write("s.feat", kSmall);
  auto cache = openCache(folder / "cache");
  fs::remove_all(folder / "cache");
  CHECK(hits(openInDetail(config, cached(cache))) == kMiss);
  CHECK(hits(openInDetail(config, cached(cache))) == kMiss);
}

TEST_CASE("processes and threads that write one cache at the same time leave whole entries") {
  TestFolder folder;
  auto text = [](int i) {
    return "model s\nitem { a : int64 }\nsparse a slot 1 = a * " + std::to_string(i + 2) + "\n";
  };
  for (int i = 0; i < 6; ++i) folder.write(std::to_string(i) + ".feat", text(i));
  // So small that entries come and go all the time.
  constexpr uint64_t kBytes = 12'000;
  auto work = [&](int seed) {
    int bad = 0;
    for (int round = 0; round < 12; ++round) {
      auto cache = ObjectCache::open(folder / "cache", kBytes);
      int i = (seed + round * 5) % 6;
      OpeningDetails loaded = openInDetail(folder / (std::to_string(i) + ".feat"), cached(cache ? *cache : nullptr));
      bool right = loaded.made.extractor != nullptr &&
                   loaded.config.graphText.find("const " + std::to_string(i + 2) + " ") != std::string::npos;
      bad += right ? 0 : 1;
    }
    return bad;
  };
  std::vector<pid_t> children;
  for (int p = 0; p < 2; ++p) {
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) _exit(work(p));
    children.push_back(child);
  }
  std::atomic<int> bad = 0;
  std::thread other([&] { bad += work(3); });
  bad += work(4);
  other.join();
  for (pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  CHECK(bad == 0);
  openCache(folder / "cache", kBytes)->trim();
  CHECK(bytesIn(folder / "cache") <= kBytes);
  for (const auto& entry : fs::directory_iterator(folder / "cache"))
    CHECK_FALSE(entry.path().filename().string().starts_with("part-"));
}
