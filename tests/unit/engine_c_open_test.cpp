// SPDX-License-Identifier: Apache-2.0
// How the C interface opens configs, libraries and live configs: one struct of options, codes of what fails, and the
// executor that computes calls without waiting.
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "engine/build_model.h"
#include "engine/link_model.h"
#include "engine_fixture.h"
#include "featc/featc.h"
#include "tests/common/catch.h"

using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const char* const kSums = "model m\nrequest { a : int64 }\nitem { x : int64 }\ndense s = a + x\n";

std::string requestOf(int a, int items) {
  std::string text = R"({"request": {"a": )" + std::to_string(a) + R"(}, "items": [)";
  for (int i = 0; i < items; ++i) text += (i == 0 ? "" : ", ") + (R"({"x": )" + std::to_string(i)) + "}";
  return text + "]}";
}

featc_open_options noOptions() {
  featc_open_options options{};
  options.size = sizeof options;
  return options;
}

// What opening gives: the code, and the text.
struct Opening {
  featc_failure failure = FEATC_FINE;
  std::string error;
  featc_extractor* extractor = nullptr;

  template <class Open, class Subject>
  Opening(Open open, const Subject* subject, const featc_open_options* options) {
    char* text = nullptr;
    failure = open(subject, options, &extractor, &text);
    CHECK((failure == FEATC_FINE) == (extractor != nullptr));
    CHECK((failure == FEATC_FINE) == (text == nullptr));
    error = text == nullptr ? "" : text;
    featc_free_text(text);
  }
  ~Opening() { featc_free_extractor(extractor); }
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;
};

struct Answers {
  std::mutex mutex;
  std::condition_variable all;
  std::vector<float> sums;  // of the first item
  int open = 0;

  static void done(void* context, featc_session* session, featc_failure failure) {
    auto& answers = *static_cast<Answers*>(context);
    featc_values values;
    float sum = -1;
    if (failure == FEATC_FINE && featc_result_values(session, 0, &values) == 0) sum = values.dense[0];
    std::lock_guard lock(answers.mutex);
    answers.sums.push_back(sum);
    --answers.open;
    answers.all.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex);
    all.wait(lock, [this] { return open == 0; });
  }
};

}  // namespace

TEST_CASE("from C a config that cannot be opened is told by a code and a text") {
  TestFolder folder;
  auto open = [&](const std::string& config, const featc_open_options* options, featc_failure expected,
                  const std::string& text) {
    Opening opening(featc_open_config, folder.write("m.feat", config).c_str(), options);
    INFO(opening.error);
    CHECK(opening.failure == expected);
    CHECK_THAT(opening.error, ContainsSubstring(text));
  };
  open(kSums, nullptr, FEATC_FINE, "");
  open(std::string(kSums) + "dense t = s + nothing\n", nullptr, FEATC_BAD_CONFIG, "m.feat:5:");
  const char* reads =
      "model m\nitem { x : int64 }\nsource s(id: int64) { key \"s:{id}\"  n : int64 }\ndense a = s(x).n\n";
  open(reads, nullptr, FEATC_BAD_STORE, "no store serves the source \"s\"");
  featc_open_options options = noOptions();
  featc_store store{nullptr, "carrier-pigeon:coop"};
  options.stores = &store;
  options.store_count = 1;
  open(reads, &options, FEATC_BAD_STORE, "carrier-pigeon");

  options = noOptions();
  options.cpu = "no-such-cpu";
  open(kSums, &options, FEATC_OTHER_MACHINE, "no-such-cpu");
  options = noOptions();
  options.cache = "/proc/none/at/all";
  open(kSums, &options, FEATC_BAD_CACHE, "/proc/none");
  options = noOptions();
  options.engine = static_cast<featc_engine>(7);
  open(kSums, &options, FEATC_BAD_ARGUMENT, "engine 7");
  options = noOptions();
  options.size = 3;
  open(kSums, &options, FEATC_BAD_ARGUMENT, "sizeof(featc_open_options)");
  options = noOptions();
  options.store_count = 2;
  open(kSums, &options, FEATC_BAD_ARGUMENT, "stores is null");

  Opening none(featc_open_config, (folder / "none.feat").c_str(), nullptr);
  CHECK(none.failure == FEATC_NO_FILE);
  Opening null(featc_open_config, static_cast<const char*>(nullptr), nullptr);
  CHECK(null.failure == FEATC_BAD_ARGUMENT);
  CHECK(featc_open_config("m.feat", nullptr, nullptr, nullptr) == FEATC_BAD_ARGUMENT);
  CHECK(std::string(featc_failure_name(FEATC_OTHER_BUILD)) == "other_build");
  CHECK(std::string(featc_failure_name(static_cast<featc_failure>(99))) == "failed");
}

TEST_CASE("from C options of a newer header are taken where they are 0, those of an older one are whole") {
  TestFolder folder;
  std::string path = folder.write("m.feat", kSums).string();
  struct Newer {
    featc_open_options known;
    uint64_t more;
  } newer{};
  newer.known.size = sizeof newer;
  CHECK(Opening(featc_open_config, path.c_str(), &newer.known).failure == FEATC_FINE);
  newer.more = 1;
  Opening refused(featc_open_config, path.c_str(), &newer.known);
  CHECK(refused.failure == FEATC_BAD_ARGUMENT);
  CHECK_THAT(refused.error, ContainsSubstring("does not know"));

  // What stands behind an older struct is not looked at.
  featc_open_options older = noOptions();
  older.size = offsetof(featc_open_options, engine);
  older.engine = static_cast<featc_engine>(7);
  CHECK(Opening(featc_open_config, path.c_str(), &older).failure == FEATC_FINE);
}

TEST_CASE("from C a library that cannot be opened is told by a code") {
  TestFolder folder;
  Opening none(featc_open_library, (folder / "none.so").c_str(), nullptr);
  CHECK(none.failure == FEATC_NO_FILE);
  CHECK_THAT(none.error, ContainsSubstring("none.so: No such file"));
  CHECK(Opening(featc_open_library, folder.write("text.so", "no library").c_str(), nullptr).failure == FEATC_BAD_MODEL);

  featc::CompiledConfig config = featc::compileConfig("m.feat", {}, std::string(kSums));
  featc::LinkedLibrary library =
      featc::linkLibrary(featc::buildObject(config.optimized), {.runtime = {}, .withRuntime = false});
  REQUIRE(library.error == "");
  std::string path = folder.write("m.so", library.bytes).string();
  featc_open_options options = noOptions();
  featc_call_limits limits{};
  limits.size = sizeof limits;
  limits.max_items = 2;
  options.limits = &limits;
  options.memory_bytes = 1 << 30;
  Opening opening(featc_open_library, path.c_str(), &options);
  REQUIRE(opening.error == "");
  featc_session* session = featc_new_session(opening.extractor);
  std::string text = requestOf(1, 2);
  CHECK(featc_run_json(session, text.data(), text.size()) == FEATC_FINE);
  text = requestOf(1, 3);
  CHECK(featc_run_json(session, text.data(), text.size()) == FEATC_OVER_LIMIT);
  CHECK(featc_submit_json(session, text.data(), text.size(), nullptr, nullptr) == FEATC_BAD_ARGUMENT);
  CHECK_THAT(featc_message(session), ContainsSubstring("featc_open_options.seda"));
  CHECK(featc_wait(session) == FEATC_BAD_ARGUMENT);
  featc_free_session(session);

  library.bytes[library.bytes.size() / 2] ^= 1;
  CHECK(Opening(featc_open_library, folder.write("bad.so", library.bytes).c_str(), nullptr).failure == FEATC_BAD_MODEL);
}

TEST_CASE("from C the executor answers submitted calls by a callback, or to whoever waits") {
  TestFolder folder;
  featc_open_options options = noOptions();
  featc_seda_options seda{};
  seda.size = sizeof seda;
  seda.compute_threads = 2;
  options.seda = &seda;
  Opening opening(featc_open_config, folder.write("m.feat", kSums).c_str(), &options);
  REQUIRE(opening.error == "");

  constexpr int kCalls = 40;
  std::vector<featc_session*> sessions;
  std::vector<std::string> texts;
  for (int i = 0; i < kCalls; ++i) {
    sessions.push_back(featc_new_session(opening.extractor));
    texts.push_back(requestOf(i, 3));
  }
  Answers answers;
  for (int round = 0; round < 3; ++round) {
    answers.sums.clear();
    answers.open = kCalls;
    for (size_t i = 0; i < kCalls; ++i)
      REQUIRE(featc_submit_json(sessions[i], texts[i].data(), texts[i].size(), Answers::done, &answers) == FEATC_FINE);
    answers.wait();
    std::sort(answers.sums.begin(), answers.sums.end());
    for (size_t i = 0; i < kCalls; ++i) CHECK(answers.sums[i] == static_cast<float>(i));
  }

  for (size_t i = 0; i < kCalls; ++i)
    REQUIRE(featc_submit_json(sessions[i], texts[i].data(), texts[i].size(), nullptr, nullptr) == FEATC_FINE);
  for (size_t i = 0; i < kCalls; ++i) {
    REQUIRE(featc_wait(sessions[i]) == FEATC_FINE);
    featc_values values;
    REQUIRE(featc_result_values(sessions[i], 0, &values) == 0);
    CHECK(values.rows == 3);
    CHECK(values.dense[2] == static_cast<float>(i + 2));
  }

  // The same through the call that waits itself; a bad batch, and bad text.
  featc_call_options call{};
  call.scheduler = FEATC_SCHEDULER_SEDA;
  call.timeout_microseconds = 10'000'000;
  featc_set_call_options(sessions[0], &call);
  CHECK(featc_run_json(sessions[0], texts[5].data(), texts[5].size()) == FEATC_FINE);
  CHECK_THAT(featc_result_json(sessions[0], nullptr), ContainsSubstring("\"s\": [5]"));
  featc_batch batch{};
  CHECK(featc_run(sessions[0], &batch) == FEATC_BAD_BATCH);
  CHECK_THAT(featc_message(sessions[0]), ContainsSubstring("the batch has 0 columns"));
  CHECK(featc_submit(sessions[0], nullptr, nullptr, nullptr) == FEATC_BAD_ARGUMENT);
  CHECK(featc_submit_json(sessions[0], "{", 1, nullptr, nullptr) == FEATC_BAD_BATCH);
  CHECK(featc_wait(sessions[0]) == FEATC_BAD_ARGUMENT);

  // A session that is freed waits for its call.
  CHECK(featc_submit_json(sessions[1], texts[1].data(), texts[1].size(), nullptr, nullptr) == FEATC_FINE);
  for (featc_session* session : sessions) featc_free_session(session);
}

TEST_CASE("from C calls of a live config are submitted, and end in their callbacks, also the last of a version") {
  TestFolder folder;
  std::string path = folder.write("m.feat", kSums).string();
  featc_open_options options = noOptions();
  featc_seda_options seda{};
  seda.size = sizeof seda;
  options.seda = &seda;
  char* error = nullptr;
  featc_live* live = nullptr;
  REQUIRE(featc_open_live(path.c_str(), &options, &live, &error) == FEATC_FINE);
  struct Ending {
    Answers answers;
    static void done(void* context, featc_session* session, featc_failure failure) {
      auto& ending = *static_cast<Ending*>(context);
      featc_values values;
      bool fine = failure == FEATC_FINE && featc_result_values(session, 0, &values) == 0;
      float sum = fine ? values.dense[0] : -1;
      featc_live_end(session);
      std::lock_guard lock(ending.answers.mutex);
      ending.answers.sums.push_back(sum);
      --ending.answers.open;
      ending.answers.all.notify_all();
    }
  } ending;
  for (int version = 0; version < 3; ++version) {
    folder.write("m.feat", std::string(kSums) + "dense v = " + std::to_string(version) + "\n");
    REQUIRE(featc_live_reload(live, nullptr) == FEATC_RELOAD_SWAPPED);
    ending.answers.open = 4;
    std::string text = requestOf(7, 1);
    std::vector<featc_session*> sessions;
    for (int i = 0; i < 4; ++i) sessions.push_back(featc_live_begin(live));
    // Those that begun before the reload are the last of their version.
    folder.write("m.feat", std::string(kSums) + "dense w = " + std::to_string(version) + "\n");
    REQUIRE(featc_live_reload(live, nullptr) == FEATC_RELOAD_SWAPPED);
    for (featc_session* session : sessions)
      REQUIRE(featc_submit_json(session, text.data(), text.size(), Ending::done, &ending) == FEATC_FINE);
    ending.answers.wait();
  }
  CHECK(ending.answers.sums == std::vector<float>(12, 7));
  char* metrics = featc_metrics_text(live);
  CHECK_THAT(metrics, ContainsSubstring("featc_requests_total{config=\"m\"} 12"));
  featc_free_text(metrics);
  featc_live_free(live);
  CHECK(featc_open_live((folder / "none.feat").c_str(), nullptr, &live, &error) == FEATC_NO_FILE);
  CHECK(live == nullptr);
  featc_free_text(error);
}
