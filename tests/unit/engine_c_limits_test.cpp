// SPDX-License-Identifier: Apache-2.0
// What a call may cost, as the C interface is told of it, and how it tells why a call failed.
#define FEATC_NO_DEPRECATED  // those functions must go on working
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "engine/aot/session.h"
#include "engine_fixture.h"
#include "featc/config.h"
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
  featc_call_limits limits = noLimits();

  static featc_call_limits noLimits() {
    featc_call_limits none{};
    none.size = sizeof none;
    return none;
  }
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
    featc_set_call_limits(session, &limits);
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
  s.limits.max_items = 4;
  CHECK(s.run(small) == FEATC_OVER_LIMIT);
  CHECK(s.message() == "the batch has 5 items; a call may have 4");
  CHECK(featc_result_items(s.session) == 0);
  s.limits = Session::noLimits();
  s.limits.max_result_bytes = 5 * (2 * 8 + 4) - 1;
  CHECK(s.run(small) == FEATC_OVER_LIMIT);
  CHECK(s.message() == "the result takes more than the 99 bytes that a call may have");
  s.limits.max_result_bytes += 1;
  CHECK(s.run(small) == FEATC_FINE);
  s.limits = Session::noLimits();
  s.limits.max_value_bytes = 10;
  CHECK(s.run(small) == FEATC_OVER_LIMIT);
  s.limits = Session::noLimits();
  s.limits.max_row_ids = 1;
  CHECK(s.run(small) == FEATC_FINE);
  CHECK(featc_result_status(s.session, 0) == FEATC_TOO_MANY_IDS);
  s.limits.max_row_ids = 2;
  CHECK(s.run(small) == FEATC_FINE);
  CHECK(featc_result_status(s.session, 0) == FEATC_OK);
  s.limits = Session::noLimits();
  s.limits.max_computing_microseconds = 20'000;
  CHECK(s.run(slow) == FEATC_OVER_LIMIT);
  s.limits = Session::noLimits();
  s.options.timeout_microseconds = 50'000;
  CHECK(s.run(slow) == FEATC_LATE);
  CHECK(s.message() == "the deadline passed before all rows were computed");
  s.options = {};
  CHECK(s.run("{\"request\": 1}") == FEATC_BAD_BATCH);
  CHECK(s.run(small) == FEATC_FINE);
}

TEST_CASE("from C programs that were compiled with an older header keep working", "[limits]") {
  Session s;
  std::string small = requestOf(5, 2, 3);
  // The options as they were first, and what the caller's memory holds behind them.
  struct {
    featc_scheduler scheduler = FEATC_SCHEDULER_STAGED;
    uint32_t shardItems = 0;
    uint64_t timeout = 0;
    uint64_t behind[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  } old;
  featc_set_call_options(s.session, reinterpret_cast<const featc_call_options*>(&old));
  CHECK(featc_run_json(s.session, small.data(), small.size()) == FEATC_FINE);
  CHECK(featc_result_status(s.session, 0) == FEATC_OK);
  // Limits of a header that had no more than the first ones.
  featc_call_limits limits{};
  limits.size = offsetof(featc_call_limits, max_value_bytes);
  limits.max_items = 5;
  limits.max_value_bytes = 1;
  limits.max_row_ids = 1;
  featc_set_call_limits(s.session, &limits);
  CHECK(featc_run_json(s.session, small.data(), small.size()) == FEATC_FINE);
  CHECK(featc_result_status(s.session, 0) == FEATC_OK);
  limits.max_items = 4;
  featc_set_call_limits(s.session, &limits);
  // Options leave limits as they are.
  featc_set_call_options(s.session, &s.options);
  CHECK(featc_run_json(s.session, small.data(), small.size()) == FEATC_OVER_LIMIT);
  // Limits of a header that has more.
  struct {
    featc_call_limits known = Session::noLimits();
    uint64_t more[4] = {0, 0, 0, 1};
  } later;
  later.known.size = sizeof later;
  CHECK(featc_set_call_limits(s.session, &later.known) == FEATC_BAD_ARGUMENT);
  CHECK(featc_run_json(s.session, small.data(), small.size()) == FEATC_OVER_LIMIT);
  later.more[3] = 0;
  CHECK(featc_set_call_limits(s.session, &later.known) == FEATC_FINE);
  CHECK(featc_run_json(s.session, small.data(), small.size()) == FEATC_FINE);
  featc_set_call_limits(s.session, &limits);
  featc_set_call_limits(s.session, nullptr);
  CHECK(featc_run_json(s.session, small.data(), small.size()) == FEATC_FINE);
}

TEST_CASE("whatever is thrown at the C interface becomes a failure with a message", "[limits]") {
  Session s;
  auto failureOf = [&](auto&& thrown) { return featc::guarded(*s.session, [&]() -> featc_failure { throw thrown; }); };
  CHECK(failureOf(std::bad_alloc()) == FEATC_NO_MEMORY);
  CHECK(failureOf(std::length_error("vector::_M_default_append")) == FEATC_NO_MEMORY);
  CHECK(s.message() == "out of memory");
  CHECK(failureOf(std::runtime_error("a bad day")) == FEATC_FAILED);
  CHECK(s.message() == "a bad day");
  CHECK(failureOf(1) == FEATC_FAILED);
  CHECK_FALSE(s.message().empty());
  char* error = nullptr;
  featc_extractor* extractor = nullptr;
  auto open = []() -> featc::Expected<std::unique_ptr<featc_extractor>> { throw 1; };
  CHECK(featc::guardedOpen(&extractor, &error, open) == FEATC_FAILED);
  CHECK(extractor == nullptr);
  REQUIRE(error != nullptr);
  featc_free_text(error);
  std::string small = requestOf(5, 2, 3);
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
