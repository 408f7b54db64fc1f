// SPDX-License-Identifier: Apache-2.0
// `featc serve` on a Redis that lost its rows: answers go on, and everything says so.
#include <fmt/format.h>
#include <httplib.h>

#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/server/server_process.h"
#include "tests/stores/fixture.h"

using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a Redis that came back empty degrades answers, where max_absent asks for it") {
  RedisServer redis;
  auto load = [&] {
    (void)outputOf(fmt::format("{} load {}/configs/ranking.feat --store 'default={}' --input {}/shoppers.jsonl 2>&1",
                               FEATC_PROGRAM, FEATC_SERVER_DATA, redis.url(), FEATC_SERVER_DATA));
  };
  load();
  ServerProcess server({"--deadline", "60s", "--store", "default=" + redis.url("&max_absent=50%&timeout=60s")});
  httplib::Client client("http://" + server.address());
  httplib::Client admin("http://" + server.adminAddress());
  client.set_read_timeout(100);
  auto post = [&] { return client.Post("/extract/ranking", request(), "application/json"); };
  std::string labels = fmt::format("{{store=\"default\",url=\"{}\"}}", redis.url());
  auto hasMetric = [&](const std::string& line) {
    return admin.Get("/metrics")->body.find("\n" + line + "\n") != std::string::npos;
  };
  std::string wanted = expected("ranking");
  for (int i = 0; i < 100; ++i) CHECK(post()->body == wanted);
  CHECK_FALSE(post()->has_header("Featc-Degraded"));
  CHECK(hasMetric("featc_store_absent_sources" + labels + " 0"));

  redis.command({"FLUSHALL"});
  CHECK(eventually([&] {
    auto answer = post();
    CHECK(answer->status == 200);
    return answer->get_header_value("Featc-Degraded") == "shopper";
  }));
  CHECK(hasMetric("featc_store_absent_sources" + labels + " 1"));
  CHECK(hasMetric("featc_store_absent_rises_total" + labels + " 1"));
  CHECK_THAT(admin.Get("/metrics")->body, ContainsSubstring("featc_degraded_requests_total{config=\"ranking\"}"));
  std::string line = "store default, " + redis.url() + ": rows may be lost: ";
  CHECK_THAT(admin.Get("/health/ready")->body,
             ContainsSubstring(line) && ContainsSubstring("keys of source \"shopper\" are absent"));
  CHECK(eventually([&] { return server.log().find(line) != std::string::npos; }));

  load();
  CHECK(eventually([&] {
    auto answer = post();
    return answer->body == wanted && !answer->has_header("Featc-Degraded") &&
           hasMetric("featc_store_absent_sources" + labels + " 0");
  }));
  CHECK(eventually([&] { return server.log().find(": its rows are back") != std::string::npos; }));
}
