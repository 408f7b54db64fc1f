// SPDX-License-Identifier: Apache-2.0
// `featc serve` from outside: answers, reloads, bad input, overload, and its end.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/server/server_process.h"

using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string kData = FEATC_SERVER_DATA;
const std::vector<std::string> kPatient{"--deadline", "60s"};

// A connection whose answer is read later.
class RawRequest {
 public:
  RawRequest(const std::string& server, const std::string& text) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(std::stoi(server.substr(server.rfind(':') + 1))));
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    connected_ = write(socket_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }
  ~RawRequest() { close(socket_); }
  RawRequest(const RawRequest&) = delete;
  RawRequest& operator=(const RawRequest&) = delete;

  bool connected() const { return connected_; }
  // All that comes until the server closes.
  std::string answer() const {
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = read(socket_, buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<size_t>(got));
    return text;
  }

 private:
  int socket_;
  bool connected_ = false;
};

std::string post(const std::string& config, const std::string& body) {
  return fmt::format("POST /extract/{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
                     config, body.size(), body);
}

// Counts answers of each kind; anything else is a failure of the test.
struct Tally {
  int fine = 0;
  int refused = 0;
  void add(const std::string& answer, const std::string& features) {
    if (answer.starts_with("HTTP/1.1 200 ")) {
      ++fine;
      CHECK(answer.ends_with(features));
    } else {
      ++refused;
      CHECK_THAT(answer, ContainsSubstring("HTTP/1.1 503 ") && ContainsSubstring("{\"error\": \""));
    }
  }
};

}  // namespace

TEST_CASE("the server answers as featc run does") {
  ServerProcess server(kPatient);
  httplib::Client client("http://" + server.address());
  httplib::Client admin("http://" + server.adminAddress());
  for (const char* config : {"ranking", "recall"}) {
    for (int i = 0; i < 3; ++i) {
      auto answer = client.Post(std::string("/extract/") + config, request(), "application/json");
      REQUIRE(answer);
      CHECK(answer->status == 200);
      CHECK(answer->body == expected(config));
      CHECK_FALSE(answer->has_header("Featc-Degraded"));
    }
  }
  CHECK(admin.Get("/health/ready")->body == "ok\nranking: serves version 1\nrecall: serves version 1\n");
  std::string metrics = admin.Get("/metrics")->body;
  CHECK_THAT(metrics,
             ContainsSubstring("featc_requests_total{config=\"ranking\"} 3") &&
                 ContainsSubstring("featc_items_total{config=\"ranking\"} 9") &&
                 ContainsSubstring("featc_keys_total{config=\"ranking\",source=\"shopper\",status=\"found\"} 3") &&
                 ContainsSubstring("featc_config_version{config=\"recall\"} 1") &&
                 ContainsSubstring("featc_call_seconds_count{config=\"recall\"} 3"));
  client.stop();
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
}

TEST_CASE("what is wrong with a request is told, and only that request is lost") {
  ServerProcess server(kPatient);
  httplib::Client client("http://" + server.address());
  auto post = [&](const std::string& path, const std::string& body) {
    return client.Post(path, body, "application/json");
  };
  auto bad = post("/extract/ranking", "{\"request\": {\"user_id\": \"x\"}, \"items\": []}");
  CHECK(bad->status == 400);
  CHECK_THAT(bad->body, ContainsSubstring("{\"error\": \"") && ContainsSubstring("user_id"));
  CHECK(post("/extract/ranking", "no json")->status == 400);
  CHECK(post("/extract/ranking", "")->status == 400);
  auto unknown = post("/extract/rankin", request());
  CHECK(unknown->status == 404);
  CHECK_THAT(unknown->body, ContainsSubstring("there is no config \\\"rankin\\\""));
  CHECK(client.Get("/nothing")->status == 404);

  auto partly = post(
      "/extract/ranking",
      R"({"request": {"user_id": 1, "city": "Rome"}, "items": [{"shop_id": "x"}, {"shop_id": 7, "category": "a"}]})");
  CHECK(partly->status == 200);
  CHECK_THAT(partly->get_header_value("Featc-Bad-Items"), ContainsSubstring("1; ") && ContainsSubstring("shop_id"));
  CHECK_THAT(partly->body, ContainsSubstring("{\"row\": 1, \"request\": 0, \"item\": 1,"));
  httplib::Client admin("http://" + server.adminAddress());
  CHECK_THAT(admin.Get("/metrics")->body,
             ContainsSubstring("featc_rejected_requests_total{config=\"ranking\",reason=\"bad_request\"} 3"));
}

TEST_CASE("configs are reloaded as they change, and a bad one leaves the old one serving") {
  ServerProcess server(kPatient);
  httplib::Client client("http://" + server.address());
  httplib::Client admin("http://" + server.adminAddress());
  auto features = [&](const std::string& config) {
    auto answer = client.Post("/extract/" + config, request(), "application/json");
    return answer ? fmt::format("{} {}", answer->status, answer->body) : std::string();
  };
  auto configs = [&] { return admin.Get("/configs")->body; };
  std::string before = features("ranking");
  CHECK(before == "200 " + expected("ranking"));

  std::string text = server.readConfig("ranking.feat");
  server.writeConfig("ranking.feat", text + "dense more = no_such_name\n");
  CHECK(eventually([&] { return configs().find("no_such_name") != std::string::npos; }));
  CHECK_THAT(configs(), ContainsSubstring("\"failing\": true"));
  CHECK(features("ranking") == before);
  CHECK(admin.Get("/health/ready")->status == 200);

  server.writeConfig("ranking.feat", text + "dense more = 1.5\n");
  CHECK(eventually([&] { return features("ranking").find("\"more\": [1.5]") != std::string::npos; }));
  CHECK_THAT(configs(), ContainsSubstring("\"version\": 2") && ContainsSubstring("\"failing\": false"));
  CHECK_THAT(admin.Get("/metrics")->body,
             ContainsSubstring("featc_config_reloads_total{config=\"ranking\",outcome=\"swapped\"} 2") &&
                 ContainsSubstring("featc_config_reloads_total{config=\"ranking\",outcome=\"failed\"} 1"));

  // An import of both.
  std::string common = server.readConfig("common.inc");
  server.writeConfig("common.inc", common + "dense both = 2.5\n");
  CHECK(eventually([&] {
    return features("ranking").find("\"both\": [2.5]") != std::string::npos &&
           features("recall").find("\"both\": [2.5]") != std::string::npos;
  }));

  // One that comes, and one that goes: it is served on.
  server.writeConfig("new.feat", "model new\nitem { }\ndense one = 1\n");
  CHECK(eventually([&] { return features("new").find("\"one\": [1]") != std::string::npos; }));
  std::filesystem::remove(server.folder() / "configs" / "new.feat");
  CHECK(eventually([&] { return configs().find("\"failing\": true") != std::string::npos; }));
  CHECK(features("new").starts_with("200 "));
  client.stop();
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
}

TEST_CASE("told to stop with 1,000 requests in flight, the server answers each") {
  ServerProcess server({"--deadline", "60s", "--grace", "120s", "--connections", "1100", "--queue", "1000"});
  std::vector<std::unique_ptr<RawRequest>> requests;
  std::string features = expected("ranking");
  for (int i = 0; i < 1000; ++i)
    requests.push_back(std::make_unique<RawRequest>(server.address(), post("ranking", request())));
  server.signal(SIGTERM);
  Tally tally;
  for (const auto& request : requests) {
    REQUIRE(request->connected());
    tally.add(request->answer(), features);
  }
  CHECK(tally.fine + tally.refused == 1000);
  CHECK(tally.fine > 0);
  CHECK(server.wait() == 0);
  RawRequest late(server.address(), post("ranking", request()));
  CHECK_FALSE(late.connected());
}

TEST_CASE("overload is refused at once, with a reason") {
  // No room to wait: what comes while the one thread computes is refused.
  ServerProcess server({"--deadline", "60s", "--threads", "1", "--queue", "0", "--connections", "64"});
  std::string features = expected("ranking");
  Tally tally;
  for (int round = 0; round < 200 && tally.refused == 0; ++round) {
    std::vector<std::unique_ptr<RawRequest>> requests;
    for (int i = 0; i < 60; ++i)
      requests.push_back(std::make_unique<RawRequest>(server.address(), post("ranking", request())));
    for (const auto& request : requests) tally.add(request->answer(), features);
  }
  CHECK(tally.fine > 0);
  CHECK(tally.refused > 0);
}

TEST_CASE("a command line that is wrong is told") {
  const std::string serve = std::string(FEATC_PROGRAM) + " serve " + kData + "/configs --port 0 --admin-port 0 ";
  auto says = [&](const std::string& options) { return outputOf(serve + options + " 2>&1; echo exit $?"); };
  CHECK_THAT(says("--host nowhere.invalid"), ContainsSubstring("nowhere.invalid") && ContainsSubstring("exit 1"));
  CHECK_THAT(says("--store nonsense"), ContainsSubstring("--store: expected NAME=URL") && ContainsSubstring("exit 2"));
  CHECK_THAT(says("--store default=redis://me:s3cret@127.0.0.1/0"),
             ContainsSubstring("FEATC_REDIS_PASSWORD") && !ContainsSubstring("s3cret") && ContainsSubstring("exit 2"));
}
