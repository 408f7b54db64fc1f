// SPDX-License-Identifier: Apache-2.0
// What each option of the C interface's structs does, that wrong ones are told, and that no lack of memory hurts.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine_fixture.h"
#include "featc/arrow.h"
#include "featc/featc.h"
#include "tests/common/catch.h"
#include "tests/memory/failing_memory.h"

using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const char* const kSums = "model m\nrequest { a : int64 }\nitem { x : int64 }\ndense s = a + x\n";
const char* const kReads =
    "model m\nitem { x : int64 }\nsource s(id: int64) { key \"s:{id}\"  n : int64 }\ndense a = s(x).n\n";
const std::string kRequest = R"({"request": {"a": 1}, "items": [{"x": 2}, {"x": 3}]})";

template <class T>
T sized() {
  T out{};
  out.size = sizeof out;
  return out;
}

// What featc_open_config says, and what it gives.
struct Opened {
  featc_failure failure = FEATC_FINE;
  std::string error;
  featc_extractor* extractor = nullptr;
  featc_session* session = nullptr;

  Opened(const std::filesystem::path& path, const featc_open_options& options) {
    char* text = nullptr;
    failure = featc_open_config(path.c_str(), &options, &extractor, &text);
    if (text != nullptr) error = text;
    featc_free_text(text);
    if (extractor != nullptr) session = featc_new_session(extractor);
  }
  ~Opened() {
    featc_free_session(session);
    featc_free_extractor(extractor);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  featc_failure run() const { return featc_run_json(session, kRequest.data(), kRequest.size()); }
};

size_t filesIn(const std::filesystem::path& folder) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) count += entry.is_regular_file();
  return count;
}

featc_live* openLive(const std::filesystem::path& path, const featc_open_options& options) {
  char* error = nullptr;
  featc_live* live = nullptr;
  featc_failure failure = featc_open_live(path.c_str(), &options, &live, &error);
  INFO((error == nullptr ? "" : error));
  REQUIRE(failure == FEATC_FINE);
  return live;
}

}  // namespace

TEST_CASE("from C memory_bytes of an extractor takes the place of the process's limit", "[options]") {
  TestFolder folder;
  std::filesystem::path path = folder.write("m.feat", kSums);
  auto options = sized<featc_open_options>();
  Opened plain(path, options);
  const uint64_t before = featc_memory_held();
  REQUIRE(plain.run() == FEATC_FINE);
  const uint64_t held = featc_memory_held();
  CHECK(held > before);
  options.memory_bytes = uint64_t{1} << 30U;
  Opened own(path, options);
  REQUIRE(own.run() == FEATC_FINE);
  // Less: what the call before grew may have been given back.
  CHECK(featc_memory_held() <= held);
  featc_set_memory_limit(1);
  Opened other(path, sized<featc_open_options>());
  CHECK(other.run() == FEATC_NO_MEMORY);
  CHECK(own.run() == FEATC_FINE);
  featc_set_memory_limit(0);
  CHECK(other.run() == FEATC_FINE);
  options.memory_bytes = 1;
  CHECK(Opened(path, options).run() == FEATC_NO_MEMORY);
}

TEST_CASE("from C a config's cache, engine and root are those of its options", "[options]") {
  TestFolder folder;
  std::filesystem::path path = folder.write("configs/m.feat", kSums);
  auto options = sized<featc_open_options>();
  std::string cache = (folder / "cache").string();
  options.cache = cache.c_str();
  CHECK(Opened(path, options).failure == FEATC_FINE);
  CHECK(filesIn(folder / "cache") > 0);
  std::string tiny = (folder / "tiny").string();
  options.cache = tiny.c_str();
  options.cache_bytes = 1;
  CHECK(Opened(path, options).run() == FEATC_FINE);
  CHECK(filesIn(folder / "tiny") < filesIn(folder / "cache"));

  options = sized<featc_open_options>();
  options.engine = FEATC_ENGINE_INTERP;
  Opened interpreted(path, options);
  CHECK(featc_wait_native(interpreted.extractor, 0) == FEATC_TIER_INTERP);
  options.engine = FEATC_ENGINE_TIERED;
  Opened tiered(path, options);
  CHECK(featc_wait_native(tiered.extractor, 60'000) == FEATC_TIER_NATIVE);
  CHECK(interpreted.run() == FEATC_FINE);
  CHECK(tiered.run() == FEATC_FINE);

  options = sized<featc_open_options>();
  folder.write("shared.feat", "let twice = 2\n");
  std::filesystem::path imports =
      folder.write("configs/i.feat", "model m\nimport \"../shared.feat\"\ndense d = twice\n");
  Opened outside(imports, options);
  CHECK(outside.failure == FEATC_BAD_CONFIG);
  CHECK_THAT(outside.error, ContainsSubstring("outside the root folder"));
  std::string root = (folder / ".").string();
  options.root = root.c_str();
  CHECK(Opened(imports, options).error == "");
}

TEST_CASE("from C options that cannot be are told, those of the executor and of limits too", "[options]") {
  TestFolder folder;
  std::filesystem::path path = folder.write("m.feat", kSums);
  auto refuses = [&](const featc_open_options& options, const std::string& text) {
    Opened opened(path, options);
    CHECK(opened.failure == FEATC_BAD_ARGUMENT);
    CHECK_THAT(opened.error, ContainsSubstring(text));
  };
  auto seda = sized<featc_seda_options>();
  auto limits = sized<featc_call_limits>();
  auto options = sized<featc_open_options>();
  options.seda = &seda;
  options.limits = &limits;
  seda.fetch_threads = 1025;
  refuses(options, "fetch_threads and compute_threads may be at most 1024");
  seda = sized<featc_seda_options>();
  seda.batching = UINT32_MAX;
  refuses(options, "queue_requests, batches and batching may be at most");
  seda = sized<featc_seda_options>();
  seda.size = 1;
  refuses(options, "featc_seda_options.size must be sizeof(featc_seda_options)");
  seda = sized<featc_seda_options>();
  limits.size = 0;
  refuses(options, "featc_call_limits.size must be sizeof(featc_call_limits)");
  // What is to come takes the place of `reserved`.
  limits = sized<featc_call_limits>();
  limits.reserved = 1;
  refuses(options, "featc_call_limits.reserved must be 0");
  limits.reserved = 0;
  seda.reserved = 1;
  refuses(options, "featc_seda_options.reserved must be 0");
  seda.reserved = 0;
  options.reserved = 1;
  refuses(options, "featc_open_options.reserved must be 0");
  const char* folders[] = {nullptr};
  options = sized<featc_open_options>();
  options.plugins = folders;
  options.plugin_count = 1;
  refuses(options, "a folder in plugins is null");

  options = sized<featc_open_options>();
  Opened opened(path, options);
  auto arrow = sized<featc_arrow_options>();
  arrow.reserved = 1;
  ArrowSchema schema;
  CHECK(featc_arrow_schema(opened.extractor, &arrow, &schema) == FEATC_BAD_ARGUMENT);
  CHECK(schema.release == nullptr);
}

TEST_CASE("from C limits of a session that cannot be are told, and the old ones stay", "[options]") {
  TestFolder folder;
  Opened opened(folder.write("m.feat", kSums), sized<featc_open_options>());
  auto limits = sized<featc_call_limits>();
  limits.max_items = 1;
  REQUIRE(featc_set_call_limits(opened.session, &limits) == FEATC_FINE);
  CHECK(opened.run() == FEATC_OVER_LIMIT);
  limits.max_items = 0;
  limits.size = 3;
  CHECK(featc_set_call_limits(opened.session, &limits) == FEATC_BAD_ARGUMENT);
  CHECK_THAT(featc_message(opened.session), ContainsSubstring("sizeof(featc_call_limits)"));
  struct Newer {
    featc_call_limits known;
    uint64_t more;
  } newer{sized<featc_call_limits>(), 1};
  newer.known.size = sizeof newer;
  CHECK(featc_set_call_limits(opened.session, &newer.known) == FEATC_BAD_ARGUMENT);
  CHECK(opened.run() == FEATC_OVER_LIMIT);
  newer.more = 0;
  CHECK(featc_set_call_limits(opened.session, &newer.known) == FEATC_FINE);
  CHECK(opened.run() == FEATC_FINE);
}

TEST_CASE("from C a live config that cannot be opened has the code and text of a plain one", "[options]") {
  TestFolder folder;
  auto same = [&](const std::filesystem::path& path, const featc_open_options& options, featc_failure expected) {
    Opened plain(path, options);
    CHECK(plain.failure == expected);
    featc_live* live = nullptr;
    char* error = nullptr;
    CHECK(featc_open_live(path.c_str(), &options, &live, &error) == expected);
    CHECK(live == nullptr);
    REQUIRE(error != nullptr);
    CHECK(plain.error == error);
    featc_free_text(error);
  };
  auto options = sized<featc_open_options>();
  same(folder / "none.feat", options, FEATC_NO_FILE);
  same(folder.write("bad.feat", std::string(kSums) + "dense t = nothing\n"), options, FEATC_BAD_CONFIG);
  same(folder.write("reads.feat", kReads), options, FEATC_BAD_STORE);
  options.cpu = "no-such-cpu";
  same(folder.write("m.feat", kSums), options, FEATC_OTHER_MACHINE);
  options.cpu = nullptr;
  options.cache = "/proc/none/at/all";
  same(folder / "m.feat", options, FEATC_BAD_CACHE);
}

TEST_CASE("from C a live config watches its files as often as its options say", "[options]") {
  TestFolder folder;
  std::filesystem::path path = folder.write("m.feat", kSums);
  auto options = sized<featc_open_options>();
  options.watch_milliseconds = 20;
  options.engine = FEATC_ENGINE_INTERP;
  featc_live* live = openLive(path, options);
  folder.write("m.feat", std::string(kSums) + "dense t = a\n");
  featc_live_status status{};
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (status.version < 2 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    featc_live_get_status(live, &status);
  }
  CHECK(status.version == 2);
  featc_live_free(live);
}

TEST_CASE("from C a session of a live config that ends waits for a call that nobody waited for", "[options]") {
  TestFolder folder;
  auto options = sized<featc_open_options>();
  auto seda = sized<featc_seda_options>();
  seda.longest_wait_microseconds = 100'000;
  options.seda = &seda;
  options.engine = FEATC_ENGINE_INTERP;
  featc_live* live = openLive(folder.write("m.feat", kSums), options);
  for (int i = 0; i < 3; ++i) {
    featc_session* session = featc_live_begin(live);
    // A warm session is used again: no call of another one may be in it.
    CHECK(featc_wait(session) == FEATC_BAD_ARGUMENT);
    CHECK_THAT(featc_message(session), ContainsSubstring("no submitted call"));
    CHECK(featc_submit_json(session, kRequest.data(), kRequest.size(), nullptr, nullptr) == FEATC_FINE);
    featc_live_end(session);
  }
  featc_live_free(live);
}

TEST_CASE("from C a request that a full queue drops is answered by the executor, not by whoever submits", "[options]") {
  TestFolder folder;
  auto options = sized<featc_open_options>();
  auto seda = sized<featc_seda_options>();
  seda.queue_requests = 1;
  seda.drop_oldest = 1;
  seda.longest_wait_microseconds = 1'000'000;
  seda.batches = 1;
  options.seda = &seda;
  options.engine = FEATC_ENGINE_INTERP;
  Opened opened(folder.write("m.feat", kSums), options);
  struct Answers {
    std::mutex mutex;
    std::vector<std::thread::id> threads;
    std::vector<featc_failure> failures;
    static void done(void* context, featc_session*, featc_failure failure) {
      auto& answers = *static_cast<Answers*>(context);
      std::lock_guard lock(answers.mutex);
      answers.threads.push_back(std::this_thread::get_id());
      answers.failures.push_back(failure);
    }
    size_t size() {
      std::lock_guard lock(mutex);
      return threads.size();
    }
  } answers;
  std::vector<featc_session*> sessions;
  constexpr size_t kCalls = 50;
  for (size_t i = 0; i < kCalls; ++i) sessions.push_back(featc_new_session(opened.extractor));
  {
    // Held while submitting: a callback on this thread would never return.
    std::lock_guard lock(answers.mutex);
    for (featc_session* session : sessions)
      REQUIRE(featc_submit_json(session, kRequest.data(), kRequest.size(), Answers::done, &answers) == FEATC_FINE);
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (answers.size() < kCalls && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  REQUIRE(answers.size() == kCalls);
  CHECK(std::ranges::count(answers.threads, std::this_thread::get_id()) == 0);
  CHECK(std::ranges::count(answers.failures, FEATC_REFUSED) > 0);
  CHECK(std::ranges::count(answers.failures, FEATC_FINE) > 0);
  for (featc_session* session : sessions) featc_free_session(session);
}

TEST_CASE("from C opening with all options, with memory that fails", "[options][failing]") {
  TestFolder folder;
  std::string path = folder.write("m.feat", kReads).string();
  std::string url = "jsonl:" + folder.write("rows.jsonl", "{\"source\": \"s\", \"id\": 2, \"n\": 5}\n").string();
  std::string cache = (folder / "cache").string();
  std::string plugins = (folder / ".").string();
  const char* folders[] = {plugins.c_str()};
  featc_store store{nullptr, url.c_str()};
  auto seda = sized<featc_seda_options>();
  seda.compute_threads = 1;
  seda.batches = 2;
  auto limits = sized<featc_call_limits>();
  limits.max_items = 100;
  auto options = sized<featc_open_options>();
  options.stores = &store;
  options.store_count = 1;
  options.plugins = folders;
  options.plugin_count = 1;
  options.limits = &limits;
  options.memory_bytes = uint64_t{1} << 30U;
  options.seda = &seda;
  options.engine = FEATC_ENGINE_INTERP;
  options.root = plugins.c_str();
  options.cache = cache.c_str();
  char* error = nullptr;
  featc_failure failure = FEATC_FINE;
  SECTION("once and for all") {
    featc_extractor* extractor = nullptr;
    auto open = [&] { failure = featc_open_config(path.c_str(), &options, &extractor, &error); };
    auto check = [&](bool threw) {
      CHECK(!threw);
      CHECK((failure == FEATC_FINE) == (extractor != nullptr));
      featc_free_extractor(extractor);
      featc_free_text(error);
    };
    withFailingMemory(open, check, 97);
  }
  SECTION("live") {
    featc_live* live = nullptr;
    auto open = [&] { failure = featc_open_live(path.c_str(), &options, &live, &error); };
    auto check = [&](bool threw) {
      CHECK(!threw);
      CHECK((failure == FEATC_FINE) == (live != nullptr));
      featc_live_free(live);
      featc_free_text(error);
    };
    withFailingMemory(open, check, 101);
  }
}
