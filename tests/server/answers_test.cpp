// SPDX-License-Identifier: Apache-2.0
// Answers of `featc serve`: their forms, deadlines, and how what is wrong with a request is told.
#include <fmt/format.h>
#include <httplib.h>

#include <chrono>
#include <thread>

#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/server/server_process.h"
#include "tests/stores/fixture.h"

using namespace featc::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

const std::string kTensors = "application/x-featc-tensor-sequence";

httplib::Result post(httplib::Client& client, const httplib::Headers& headers, const std::string& body = request(),
                     const std::string& path = "/extract/ranking") {
  return client.Post(path, headers, body, "application/json");
}

}  // namespace

TEST_CASE("the Accept header chooses between JSON and tensor sequences") {
  ServerProcess server({"--deadline", "60s"});
  httplib::Client client("http://" + server.address());
  std::string json = expected("ranking", "json");
  std::string tensors = expected("ranking", "tensor-sequence");
  REQUIRE(tensors.starts_with("FEATCTSQ"));
  auto accepting = [&](const std::string& accept) {
    auto answer = post(client, {{"Accept", accept}});
    REQUIRE(answer);
    std::string type = answer->get_header_value("Content-Type");
    if (answer->status != 200) return fmt::format("{} {}", answer->status, answer->body);
    bool asJson = type == "application/json" && answer->body == json;
    bool asTensors = type == kTensors && answer->body == tensors;
    return std::string(asJson ? "json" : (asTensors ? "tensors" : "something else as " + type));
  };
  CHECK(accepting("*/*") == "json");
  CHECK(accepting("application/json") == "json");
  CHECK(accepting("application/*") == "json");
  CHECK(accepting("APPLICATION/JSON") == "json");
  CHECK(accepting(kTensors) == "tensors");
  CHECK(accepting("text/html, " + kTensors + ";q=0.1") == "tensors");
  CHECK(accepting("application/json;q=0.5, " + kTensors) == "tensors");
  CHECK(accepting("application/json ; charset=utf-8 ; q=0.9," + kTensors + ";q=0.8") == "json");
  // The more specific range counts.
  CHECK(accepting("application/json;q=0, */*") == "tensors");
  CHECK(accepting(kTensors + ";q=0.4, application/*;q=0.9") == "json");
  for (const char* none : {"text/html", "application/json;q=0", "application/jso", "text/*;q=1, ,;", "*"})
    CHECK_THAT(accepting(none), StartsWith("406 {\"error\": \"answers are application/json or application/x-featc"));
  auto any = client.Post("/extract/ranking", request(), "application/json");
  CHECK(any->body == json);

  // What cannot be answered is told in JSON.
  auto bad = post(client, {{"Accept", kTensors}}, "{");
  CHECK(bad->status == 400);
  CHECK(bad->get_header_value("Content-Type") == "application/json");
  CHECK_THAT(httplib::Client("http://" + server.adminAddress()).Get("/metrics")->body,
             ContainsSubstring("featc_rejected_requests_total{config=\"ranking\",reason=\"not_acceptable\"} 5"));
}

TEST_CASE("a request may ask for an earlier deadline, and is told which sources were late") {
  // Greets, and then never answers.
  SilentServer silent(true);
  ServerProcess server({"--deadline", "120s", "--store", "default=" + silent.url("?timeout=200s&breaker=off")});
  httplib::Client client("http://" + server.address());
  httplib::Client admin("http://" + server.adminAddress());
  client.set_read_timeout(100);
  for (int way = 0; way < 2; ++way) {
    auto start = std::chrono::steady_clock::now();
    auto ask = [&] {
      return way == 0 ? post(client, {{"Featc-Deadline", "100ms"}})
                      : post(client, {}, request(), "/extract/ranking?deadline=100ms");
    };
    auto answer = ask();
    REQUIRE(answer);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
    // Answers come by the deadline: with an error where a busy machine did not compute by then.
    for (int i = 0; answer->status == 504 && i < 100; ++i) answer = ask();
    CHECK(answer->status == 200);
    CHECK(answer->get_header_value("Featc-Degraded") == "shopper");
    CHECK_THAT(answer->body, ContainsSubstring("\"liking\": [0]"));
  }
  CHECK_THAT(admin.Get("/metrics")->body,
             ContainsSubstring("featc_degraded_source_requests_total{config=\"ranking\",source=\"shopper\"} 2") &&
                 ContainsSubstring("featc_seda_fetch_queue{config=\"ranking\"} 0\n"));
  for (const char* bad : {"soon", "-5ms", "0ms", "20", "20 parsecs"}) {
    auto answer = post(client, {{"Featc-Deadline", bad}});
    CHECK(answer->status == 400);
    CHECK_THAT(answer->body, ContainsSubstring("a deadline is a time such as 20ms or 1s"));
  }
}

TEST_CASE("a body that is too large is refused, and bad JSON is told with its place") {
  ServerProcess server({"--deadline", "60s", "--max-body", "4KB"});
  httplib::Client client("http://" + server.address());
  auto large = post(client, {}, std::string(5000, ' '));
  CHECK(large->status == 413);
  CHECK(large->body == "{\"error\": \"the body is longer than 4096 bytes: send fewer items at a time\"}\n");
  CHECK(post(client, {})->status == 200);

  auto broken = post(client, {}, request() + "{\"request\": {\"user_id\": 1,, \"city\": \"Rome\"}, \"items\": []}");
  CHECK(broken->status == 400);
  CHECK_THAT(broken->body, StartsWith("{\"error\": \"request:2: "));
  CHECK_THAT(post(client, {}, R"({"request": {"user_id": "x"}, "items": []})")->body,
             ContainsSubstring("request:1: request.user_id: expected int64, found \\\"x\\\""));
  auto nowhere = client.Get("/nothing");
  CHECK(nowhere->status == 404);
  CHECK_THAT(
      nowhere->body,
      StartsWith(
          "{\"error\": \"this server has POST /v2/models/NAME/infer, GET /v2/models/NAME and POST /extract/NAME"));
}

TEST_CASE("items that fail when they are computed are told") {
  ServerProcess server({"--deadline", "60s"});
  server.writeConfig("wide.feat",
                     "model wide\nitem { tags : list<string> }\nsparse pairs slot 1 = cross(tags, tags)\n");
  httplib::Client client("http://" + server.address());
  std::string many = "\"a\"";
  for (int i = 0; i < 300; ++i) many += ",\"a\"";
  std::string body = R"({"request": {}, "items": [{"tags": ["a"]}, {"tags": [)" + many + "]}]}";
  auto answer = post(client, {}, body, "/extract/wide");
  auto isAnswered = [&] {
    if (answer->status != 200) answer = post(client, {}, body, "/extract/wide");
    return answer->status == 200;
  };
  CHECK(eventually(isAnswered));
  CHECK(answer->get_header_value("Featc-Bad-Items") ==
        "1; request:1: item 1: an operator made a list of more than 65536 elements or a string of more than 1048576 "
        "bytes, or had too much to compare");
  CHECK_THAT(answer->body, ContainsSubstring("\"item\": 0") && !ContainsSubstring("\"item\": 1"));
}
