// SPDX-License-Identifier: Apache-2.0
// `featc serve` on Redis: filled by `featc load`, killed and started again under it.
#include <fmt/format.h>
#include <httplib.h>

#include <thread>

#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/server/server_process.h"
#include "tests/stores/fixture.h"

using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string kData = FEATC_SERVER_DATA;

void load(const std::string& url) {
  CHECK(outputOf(fmt::format("{} load {}/configs/ranking.feat --store 'default={}' --input {}/shoppers.jsonl 2>&1",
                             FEATC_PROGRAM, kData, url, kData)) ==
        fmt::format("shopper: 200 rows, 200 keys, {}\n", url));
}

// The value behind a series of /metrics; -1 where it is not there.
double metric(httplib::Client& admin, const std::string& series) {
  std::string text = "\n" + admin.Get("/metrics")->body;
  size_t at = text.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
}

}  // namespace

TEST_CASE("the server reads Redis; when it dies, answers go on without it, and everything says so") {
  RedisServer redis;
  load(redis.url());
  ServerProcess server({"--deadline", "60s", "--store",
                        "default=" + redis.url("&breaker=3&cache=1KB&ttl=1ms&timeout=60s"), "--store",
                        "shoper=lmdb:/none"});
  CHECK_THAT(server.log(), ContainsSubstring("warning: --store shoper=...: no config that serves reads it"));
  httplib::Client client("http://" + server.address());
  httplib::Client admin("http://" + server.adminAddress());
  client.set_read_timeout(100);
  auto post = [&] { return client.Post("/extract/ranking", request(), "application/json"); };
  std::string wanted = expected("ranking");
  CHECK(post()->body == wanted);
  CHECK(admin.Get("/health/ready")->body == "ok\nranking: serves version 1\nrecall: serves version 1\n");
  std::string labels = fmt::format("{{store=\"default\",url=\"{}\"}}", redis.url());
  CHECK(metric(admin, "featc_store_connections" + labels) == 1);
  CHECK(metric(admin, "featc_store_breaker_open" + labels) == 0);
  CHECK(metric(admin, "featc_store_cache_misses_total" + labels) == 1);

  redis.stop();
  CHECK(eventually([&] {
    auto answer = post();
    CHECK(answer->status == 200);
    return metric(admin, "featc_store_breaker_open" + labels) == 1;
  }));
  auto without = post();
  CHECK(without->status == 200);
  CHECK(without->get_header_value("Featc-Degraded") == "shopper");
  CHECK_THAT(without->body, ContainsSubstring("\"liking\": [0]"));
  CHECK(metric(admin, "featc_store_breaker_trips_total" + labels) == 1);
  // Unless it is the probe of its time.
  CHECK(eventually([&] {
    CHECK(post()->status == 200);
    return metric(admin, "featc_store_breaker_refused_total" + labels) > 0;
  }));
  CHECK(metric(admin, "featc_store_connections" + labels) == 0);
  CHECK(metric(admin, "featc_store_connections_lost_total" + labels) == 1);
  CHECK(metric(admin, "featc_degraded_requests_total{config=\"ranking\"}") > 0);
  auto health = admin.Get("/health/ready");
  CHECK(health->status == 200);
  CHECK_THAT(health->body, ContainsSubstring("store default, " + redis.url() + ": "));
  CHECK(eventually(
      [&] { return server.log().find("store default, " + redis.url() + ": reads fail: ") != std::string::npos; }));

  redis.start();
  load(redis.url());
  CHECK(eventually([&] { return post()->body == wanted; }));
  CHECK(eventually([&] { return metric(admin, "featc_store_breaker_open" + labels) == 0; }));
  CHECK(metric(admin, "featc_store_connections_made_total" + labels) == 2);
  CHECK(eventually([&] { return server.log().find(": it answers again") != std::string::npos; }));
  CHECK_FALSE(post()->has_header("Featc-Degraded"));
}

TEST_CASE("the server starts without its store and says which configs do not serve") {
  ServerProcess server({"--deadline", "60s", "--store", "default=lmdb:/none/at/all"});
  httplib::Client client("http://" + server.address());
  httplib::Client admin("http://" + server.adminAddress());
  client.set_read_timeout(100);
  auto answer = client.Post("/extract/ranking", request(), "application/json");
  CHECK(answer->status == 200);
  CHECK(answer->get_header_value("Featc-Degraded") == "shopper");

  server.writeConfig("ranking.feat", server.readConfig("ranking.feat") + "dense more = no_such_name\n");
  server.writeConfig("broken.feat", "model broken\ndense x = \n");
  CHECK(eventually([&] {
    std::string body = admin.Get("/health/ready")->body;
    return body.find("broken.feat:") != std::string::npos && body.find("ranking.feat:") != std::string::npos;
  }));
  auto health = admin.Get("/health/ready");
  // What does not serve is not ready; the server is, for the others.
  CHECK(health->status == 200);
  CHECK(client.Get("/v2/models/broken/ready")->status == 503);
  CHECK(client.Get("/v2/models/ranking/ready")->status == 200);
  CHECK_THAT(health->body,
             ContainsSubstring("ok\nbroken: does not serve: ") &&
                 ContainsSubstring("ranking: serves version 1; the current files could not be loaded: ") &&
                 ContainsSubstring("\"no_such_name\" is not a field") &&
                 ContainsSubstring("recall: serves version 1\n"));
}
