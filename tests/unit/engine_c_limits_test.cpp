// SPDX-License-Identifier: Apache-2.0
// What a call may cost, as the C interface is told of it, and how it tells why a call failed.
#include <atomic>
#include <chrono>
#include <thread>

#include "engine/c_api.h"
#include "engine_fixture.h"
#include "tests/common/catch.h"

using namespace featc::test;

namespace {

// `far` takes minutes of 100 items and words of 4,000 letters.
const char* const kConfig =
    "model m\nrequest { words : list<string> }\nitem { t : string }\n"
    "sparse all slot 1 = cross(words, t)\ndense far = float(max(edit_distance(words, t)))\n";

std::string requestOf(int items, int words, size_t letters) {
  std::string text = R"({"request": {"words": [)";
  for (int w = 0; w < words; ++w)
    text += (w == 0 ? "\"" : ", \"") + std::string(letters, static_cast<char>('a' + w % 13)) + "\"";
  text += "]}, \"items\": [";
  for (int i = 0; i < items; ++i) text += (i == 0 ? "" : ", ") + (R"({"t": ")" + std::string(letters, 'z') + "\"}");
  return text + "]}";
}

struct Session {
  TestFolder folder;
  featc_extractor* extractor = nullptr;
  featc_session* session = nullptr;
  featc_call_options options{};

  Session() {
    char* error = nullptr;
    extractor = featc_load(folder.write("m.feat", kConfig).c_str(), nullptr, &error);
    REQUIRE(extractor != nullptr);
    session = featc_new_session(extractor);
    REQUIRE(session != nullptr);
  }
  ~Session() {
    featc_free_session(session);
    featc_free_extractor(extractor);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  featc_failure run(const std::string& text) {
    featc_set_call_options(session, &options);
    return featc_run_json(session, text.data(), text.size());
  }
  std::string message() const { return featc_message(session); }
};

}  // namespace

TEST_CASE("from C a call that costs too much fails, and says why", "[limits]") {
  Session s;
  std::string small = requestOf(5, 2, 3);
  std::string slow = requestOf(100, 40, 4000);
  CHECK(s.run(small) == FEATC_FINE);
  CHECK(featc_result_items(s.session) == 5);
  s.options.max_items = 4;
  CHECK(s.run(small) == FEATC_OVER_LIMIT);
  CHECK(s.message() == "the batch has 5 items; a call may have 4");
  CHECK(featc_result_items(s.session) == 0);
  s.options = {};
  s.options.max_result_bytes = 5 * (2 * 8 + 4) - 1;
  CHECK(s.run(small) == FEATC_OVER_LIMIT);
  CHECK(s.message() == "the result takes more than the 99 bytes that a call may have");
  s.options.max_result_bytes += 1;
  CHECK(s.run(small) == FEATC_FINE);
  s.options = {};
  s.options.max_value_bytes = 10;
  CHECK(s.run(small) == FEATC_OVER_LIMIT);
  s.options = {};
  s.options.max_row_ids = 1;
  CHECK(s.run(small) == FEATC_FINE);
  CHECK(featc_result_status(s.session, 0) == FEATC_TOO_MANY_IDS);
  s.options.max_row_ids = 2;
  CHECK(s.run(small) == FEATC_FINE);
  CHECK(featc_result_status(s.session, 0) == FEATC_OK);
  s.options = {};
  s.options.max_computing_microseconds = 20'000;
  CHECK(s.run(slow) == FEATC_OVER_LIMIT);
  s.options = {};
  s.options.timeout_microseconds = 50'000;
  CHECK(s.run(slow) == FEATC_LATE);
  CHECK(s.message() == "the deadline passed before all rows were computed");
  s.options = {};
  CHECK(s.run("{\"request\": 1}") == FEATC_BAD_BATCH);
  CHECK(s.run(small) == FEATC_FINE);
}

TEST_CASE("from C a call is cancelled from another thread", "[limits]") {
  Session s;
  std::string slow = requestOf(100, 40, 4000);
  std::atomic<bool> over = false;
  // Where the call is not begun yet there is nothing to cancel, so that it is told again.
  std::thread canceller([&] {
    while (!over) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      featc_cancel(s.session);
    }
  });
  featc_failure failure = s.run(slow);
  over = true;
  canceller.join();
  CHECK(failure == FEATC_CANCELLED);
  CHECK(s.message() == "the call was cancelled");
  CHECK(s.run(requestOf(5, 2, 3)) == FEATC_FINE);
}

TEST_CASE("from C all calls of the process have a memory limit", "[limits]") {
  Session s;
  std::string large = requestOf(5000, 200, 3);
  CHECK(s.run(requestOf(5, 2, 3)) == FEATC_FINE);
  featc_set_memory_limit(featc_memory_held() + 1'000'000);
  CHECK(s.run(large) == FEATC_NO_MEMORY);
  CHECK(s.message() == "out of memory");
  CHECK(s.run(requestOf(5, 2, 3)) == FEATC_FINE);
  featc_set_memory_limit(0);
  CHECK(s.run(large) == FEATC_FINE);
  CHECK(featc_memory_held() > 8'000'000);
  CHECK(s.run(requestOf(5, 2, 3)) == FEATC_FINE);
  CHECK(featc_memory_held() < 4'000'000);
}
