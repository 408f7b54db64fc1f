// SPDX-License-Identifier: Apache-2.0
// What the C interface can be told of a call, and what it tells of its reads; stores and plug-ins by options.
#define FEATC_NO_DEPRECATED  // those functions must go on working
#include <cstring>

#include "engine_fixture.h"
#include "featc/live.h"
#include "tests/common/catch.h"

using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const char* const kReads =
    "model m\nitem { x : int64 }\nsource s(id: int64) { key \"s:{id}\"  n : int64 }\n"
    "source t(id: int64) { key \"t:{id}\"  n : int64 }\n"
    "dense a default -1 = s(x).n\ndense b default -1 = t(s(x).n).n\n";

int run(featc_session* session, int items) {
  std::string text = R"({"request": {}, "items": [)";
  for (int i = 0; i < items; ++i) text += (i == 0 ? "" : ", ") + (R"({"x": )" + std::to_string(i)) + "}";
  text += "]}";
  return featc_run_json(session, text.data(), text.size());
}

// A config with two sources of which `s` reads a file of rows and `t` the store at `url`.
struct Loaded {
  TestFolder folder;
  std::string rows = "jsonl:" + folder
                                    .write("rows.jsonl", R"({"source": "s", "id": 0, "n": 5})"
                                                         "\n"
                                                         R"({"source": "s", "id": 1, "n": 6})"
                                                         "\n"
                                                         R"({"source": "t", "id": 5, "n": 7})"
                                                         "\n")
                                    .string();
  featc_store stores[2] = {{nullptr, nullptr}, {"s", rows.c_str()}};
  featc_options options{};
  std::string path = folder.write("m.feat", kReads).string();

  explicit Loaded(const char* url) {
    stores[0].url = url == nullptr ? rows.c_str() : url;
    options.stores = stores;
    options.store_count = 2;
  }
};

}  // namespace

TEST_CASE("from C a call's scheduler is chosen, and its reads are told") {
  Loaded loaded(nullptr);
  char* error = nullptr;
  featc_extractor* extractor = featc_load(loaded.path.c_str(), &loaded.options, &error);
  REQUIRE(extractor != nullptr);
  featc_session* session = featc_new_session(extractor);
  featc_reads reads;
  CHECK(featc_result_reads(session, 0, &reads) != 0);
  std::string staged;
  for (featc_scheduler scheduler : {FEATC_SCHEDULER_STAGED, FEATC_SCHEDULER_PIPELINED}) {
    featc_call_options options{};
    options.scheduler = scheduler;
    options.shard_items = 8;
    options.timeout_microseconds = UINT64_MAX;
    featc_set_call_options(session, &options);
    REQUIRE(run(session, 100) == 0);
    REQUIRE(featc_result_reads(session, 0, &reads) == 0);
    CHECK(std::string(reads.source) == "s");
    CHECK(reads.keys == 100);
    CHECK(reads.found == 2);
    CHECK(reads.absent == 98);
    CHECK(reads.degraded == 0);
    REQUIRE(featc_result_reads(session, 1, &reads) == 0);
    CHECK(std::string(reads.source) == "t");
    CHECK(reads.keys == 2);
    CHECK(reads.found == 1);
    CHECK(featc_result_reads(session, 2, &reads) != 0);
    if (staged.empty())
      staged = featc_result_json(session, nullptr);
    else
      CHECK(staged == featc_result_json(session, nullptr));
  }
  featc_free_session(session);
  featc_free_extractor(extractor);
}

TEST_CASE("from C any store is opened, one that is not there degrades the call, and metrics show it") {
  Loaded loaded("lmdb:/none/at/all?breaker=2");
  char* error = nullptr;
  featc_live* live = featc_live_open(loaded.path.c_str(), &loaded.options, 0, &error);
  REQUIRE(live != nullptr);
  for (int i = 0; i < 3; ++i) {
    featc_session* session = featc_live_begin(live);
    REQUIRE(run(session, 2) == 0);
    featc_reads reads;
    REQUIRE(featc_result_reads(session, 1, &reads) == 0);
    CHECK(reads.keys == 2);
    CHECK(reads.failed == 2);
    CHECK(reads.degraded == 1);
    featc_values b;
    featc_result_values(session, 1, &b);
    CHECK(b.dense[0] == -1);
    featc_live_end(session);
  }
  char* metrics = featc_metrics_text(live);
  REQUIRE(metrics != nullptr);
  const std::string labels = R"({store="default",url="lmdb:/none/at/all"} )";
  CHECK_THAT(metrics, ContainsSubstring("featc_store_breaker_open" + labels + "1\n") &&
                          ContainsSubstring("featc_store_breaker_trips_total" + labels + "1\n") &&
                          ContainsSubstring("# TYPE featc_store_breaker_trips_total counter\n") &&
                          ContainsSubstring("# TYPE featc_store_breaker_open gauge\n") &&
                          !ContainsSubstring("featc_store_cache_bytes"));
  featc_free_text(metrics);
  featc_live_free(live);

  Loaded wrong("redis://:s3cret@127.0.0.1:1/0");
  CHECK(featc_load(wrong.path.c_str(), &wrong.options, &error) == nullptr);
  CHECK_THAT(error, ContainsSubstring("store of default: ") && ContainsSubstring("FEATC_REDIS_PASSWORD") &&
                        !ContainsSubstring("s3cret"));
  featc_free_text(error);
  Loaded none("jsonl:/none/at/all");
  CHECK(featc_load(none.path.c_str(), &none.options, &error) == nullptr);
  CHECK_THAT(error, ContainsSubstring("store of default: cannot read /none/at/all: No such file"));
  featc_free_text(error);
}

TEST_CASE("from C a plug-in is loaded from the folders that the options name, and from nowhere else") {
  TestFolder folder;
  std::filesystem::create_directories(folder / "plugins");
  std::filesystem::copy_file(FEATC_STEP_TWO, folder / "plugins" / "libstep.so");
  std::string path = folder
                         .write("m.feat",
                                "model m\nextern fn step(x: int64) -> int64 from \"libstep.so\"\n"
                                "item { x : int64 }\ndense out = step(x)\n")
                         .string();
  char* error = nullptr;
  CHECK(featc_load(path.c_str(), nullptr, &error) == nullptr);
  CHECK_THAT(error, ContainsSubstring("only from folders that its caller allows"));
  featc_free_text(error);
  std::string plugins = (folder / "plugins").string();
  const char* folders[] = {"/none", plugins.c_str()};
  featc_options options{};
  options.plugins = folders;
  options.plugin_count = 1;
  CHECK(featc_load(path.c_str(), &options, &error) == nullptr);
  CHECK_THAT(error, ContainsSubstring("there is no file \"libstep.so\""));
  featc_free_text(error);
  options.plugin_count = 2;
  featc_extractor* extractor = featc_load(path.c_str(), &options, &error);
  REQUIRE(extractor != nullptr);
  featc_session* session = featc_new_session(extractor);
  REQUIRE(run(session, 3) == 0);
  featc_values values;
  REQUIRE(featc_result_values(session, 0, &values) == 0);
  CHECK(values.dense[2] == 4);
  featc_free_session(session);
  featc_free_extractor(extractor);
}
