// SPDX-License-Identifier: Apache-2.0
// The C interface to configs that are replaced while they serve.
#define FEATC_NO_DEPRECATED  // those functions must go on working
#include <cstring>

#include "engine_fixture.h"
#include "featc/live.h"
#include "tests/common/catch.h"

using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string config(int n) {
  return "model m\nitem { x : int64 }\nsource s(id: int64) { key \"s:{id}\"  n : int64 }\ndense a = x + " +
         std::to_string(n) + "\ndense b = s(x).n\n";
}

// `a` of an item with x = 5; -1 where anything goes wrong.
float valueOf(featc_session* session) {
  const char* text = R"({"request": {}, "items": [{"x": 5}]})";
  featc_values values;
  if (featc_run_json(session, text, std::strlen(text)) != 0 || featc_result_values(session, 0, &values) != 0) return -1;
  return values.dense[0];
}

float callOnce(featc_live* live) {
  featc_session* session = featc_live_begin(live);
  float value = valueOf(session);
  featc_live_end(session);
  return value;
}

}  // namespace

TEST_CASE("from C a config is reloaded, a bad one is told, and sessions see one version") {
  TestFolder folder;
  std::string path = folder.write("m.feat", config(1)).string();
  std::string url = "jsonl:" + folder
                                   .write("s.jsonl", R"({"source": "s", "id": 5, "n": 7})"
                                                     "\n")
                                   .string();
  featc_store store{nullptr, url.c_str()};
  featc_options options{};
  options.stores = &store;
  options.store_count = 1;
  char* error = nullptr;
  featc_live* live = featc_live_open(path.c_str(), &options, 0, &error);
  REQUIRE(live != nullptr);
  CHECK(callOnce(live) == 6);
  featc_live_status status;
  featc_live_get_status(live, &status);
  CHECK(status.version == 1);
  CHECK(status.failures == 0);
  CHECK(std::string(status.last_error).empty());
  uint64_t fingerprint = status.fingerprint;

  featc_session* held = featc_live_begin(live);
  CHECK(featc_fingerprint(featc_live_extractor(held)) == fingerprint);
  CHECK(featc_output_count(featc_live_extractor(held)) == 2);
  folder.write("m.feat", config(2));
  CHECK(featc_live_reload(live, &error) == FEATC_RELOAD_SWAPPED);
  CHECK(error == nullptr);
  CHECK(featc_live_reload(live, nullptr) == FEATC_RELOAD_UNCHANGED);
  CHECK(valueOf(held) == 6);
  CHECK(callOnce(live) == 7);
  featc_live_get_status(live, &status);
  CHECK(status.fingerprint != fingerprint);

  folder.write("m.feat", config(3) + "dense bad = nothing\n");
  CHECK(featc_live_reload(live, &error) == FEATC_RELOAD_FAILED);
  REQUIRE(error != nullptr);
  CHECK_THAT(error, ContainsSubstring("nothing"));
  featc_free_text(error);
  CHECK(callOnce(live) == 7);
  featc_live_get_status(live, &status);
  CHECK(status.failing == 1);
  CHECK(status.failures == 1);
  CHECK_THAT(status.last_error, ContainsSubstring("nothing"));
  CHECK(status.last_error_time > 0);

  char* metrics = featc_metrics_text(live);
  REQUIRE(metrics != nullptr);
  CHECK_THAT(metrics, ContainsSubstring("featc_requests_total{config=\"m\"} 4") &&
                          ContainsSubstring("featc_keys_total{config=\"m\",source=\"s\",status=\"found\"} 4") &&
                          ContainsSubstring("featc_config_reloads_total{config=\"m\",outcome=\"failed\"} 1"));
  featc_free_text(metrics);

  // A session outlives the handle.
  featc_live_free(live);
  CHECK(valueOf(held) == 6);
  featc_live_end(held);
}

TEST_CASE("from C a live config that is bad at the start is refused") {
  TestFolder folder;
  char* error = nullptr;
  CHECK(featc_live_open((folder / "none.feat").c_str(), nullptr, 0, &error) == nullptr);
  REQUIRE(error != nullptr);
  CHECK_THAT(error, ContainsSubstring("none.feat"));
  featc_free_text(error);
  std::string path = folder.write("m.feat", config(1)).string();
  CHECK(featc_live_open(path.c_str(), nullptr, 0, &error) == nullptr);
  CHECK_THAT(error, ContainsSubstring("no store serves the source \"s\""));
  featc_free_text(error);
}
