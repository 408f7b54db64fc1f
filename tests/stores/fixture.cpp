// SPDX-License-Identifier: Apache-2.0
// Rows, servers and folders for tests of stores.
#include "tests/stores/fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <thread>

#include "data/memory/store_rows.h"
#include "stores/store_writer.h"
#include "support/json_quote.h"
#include "tests/common/catch.h"
#include "tests/stores/fill_store.h"
#include "values/value.h"

namespace featc::test {

const std::vector<SourceInfo>& sources() {
  static const std::vector<SourceInfo> all = [] {
    auto type = [](const char* text) { return *parseType(text); };
    SourceInfo hash{"hash", {{"k", Type::string()}}, "h:{k}", Encoding::Hash, {}};
    hash.fields = {{"age", type("int64")},
                   {"score", type("float64")},
                   {"vip", type("bool")},
                   {"name", type("string")},
                   {"tags", type("list<string>")},
                   {"taste", type("map<string, float64>")},
                   {"counts", type("map<int64, int64>")},
                   {"clicks.at", type("list<int64>"), "clicks"},
                   {"clicks.shop", type("list<string>"), "clicks"}};
    SourceInfo json = hash;
    json.name = "json";
    json.keyPattern = "j:{k}";
    json.encoding = Encoding::Json;
    SourceInfo bare = hash;  // its keys may be empty
    bare.name = "bare";
    bare.keyPattern = "{k}";
    return std::vector<SourceInfo>{hash, json, bare};
  }();
  return all;
}

const SourceInfo& source(const std::string& name) { return *std::ranges::find(sources(), name, &SourceInfo::name); }

namespace {

const std::vector<std::string>& parts() {
  static const std::vector<std::string> all = {
      "plain", "two words",           std::string("nul\0inside", 10), "\xE7\x81\xAB\xE9\x94\x85",
      "",      std::string(600, 'x'), std::string(600, 'x') + "y"};
  return all;
}

}  // namespace

const std::string& rowLines() {
  static const std::string lines = [] {
    std::string text;
    for (const SourceInfo& s : sources()) {
      for (size_t i = 0; i < parts().size(); ++i) {
        text += R"({"source": ")" + s.name + R"(", "k": )" + jsonQuote(parts()[i]) + R"(, "name": )" +
                jsonQuote(parts()[i]) + R"(, "age": )" + std::to_string(static_cast<int64_t>(i) - 3);
        // A row has only some of the fields.
        if (i % 2 == 0) text += R"(, "score": -0.0, "vip": true, "tags": ["a", null, "\u0000", "\u706b"])";
        if (i % 3 == 0) text += R"(, "taste": {"b": 1e300, "a": 0.1, "c": -0.0}, "counts": {"-5": 9007199254740993})";
        if (i % 3 == 0) text += R"(, "clicks": [{"at": 1, "shop": "x"}, null, {"at": 2, "more": 3}])";
        if (i % 3 == 2) text += R"(, "clicks": [])";
        if (i % 3 == 1) text += R"(, "score": 5e-324, "vip": false, "tags": [], "taste": {})";
        text += "}\n";
      }
    }
    return text;
  }();
  return lines;
}

const std::vector<std::string>& rowKeys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all = parts();
    all.push_back("nobody");
    return all;
  }();
  return keys;
}

void fill(const std::string& url) { fillStore(url, sources(), rowLines()); }

FetchResult fetch(Store& store, const SourceInfo& s, const std::vector<std::string>& keys, Clock::time_point deadline) {
  std::vector<uint32_t> fields;
  for (uint32_t i = 0; i < s.fields.size(); ++i) fields.push_back(i);
  std::promise<FetchResult> promise;
  std::future<FetchResult> answer = promise.get_future();
  store.fetch({&s, keys, fields, deadline}, [&](FetchResult result) { promise.set_value(std::move(result)); });
  if (answer.wait_for(std::chrono::minutes(1)) != std::future_status::ready) {
    // The store still points into this frame.
    std::fputs("no answer from the store for a minute\n", stderr);
    std::abort();
  }
  return answer.get();
}

namespace {

// As toString does, but with the sign of a zero.
std::string shown(const Value& value) {
  bool isNegativeZero = value.isFloat() && value.asFloat() == 0 && std::signbit(value.asFloat());
  return isNegativeZero ? "-0" : toString(value);
}

}  // namespace

std::string show(const FetchResult& result, const SourceInfo& s) {
  static const char* const kNames[] = {"found", "absent", "failed", "timed out"};
  std::string text;
  for (size_t k = 0; k < result.status.size(); ++k) {
    text += kNames[static_cast<size_t>(result.status[k])];
    for (size_t f = 0; f < result.columns.size(); ++f)
      text += " " + shown(loadCell(result.columns[f], s.fields[f].type.withNullable(), k));
    text += "\n";
  }
  return text;
}

size_t count(const FetchResult& result, KeyStatus status) {
  return static_cast<size_t>(std::ranges::count(result.status, status));
}

std::shared_ptr<Store> open(const std::string& url) {
  OpenedStore opened = openStore(url);
  INFO(opened.error);
  REQUIRE(opened.store != nullptr);
  return opened.store;
}

// -- Servers --------------------------------------------------------------------------------------------

SilentServer::SilentServer(bool greets, std::string answer)
    : SilentServer([greets, answer = std::move(answer)](std::string_view asked) {
        bool isPing = asked.find("PING") != std::string_view::npos;
        return !greets ? std::string() : isPing ? "+PONG\r\n" : answer;
      }) {}

SilentServer::SilentServer(Answer answer) {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(listener_, 64) == 0);
  REQUIRE(pipe(stop_) == 0);
  served_ = std::async(std::launch::async, [this, answer = std::move(answer)] { serve(answer); });
}

SilentServer::~SilentServer() {
  close(stop_[1]);
  served_.wait();
  close(stop_[0]);
  close(listener_);
}

std::string SilentServer::url(const std::string& parameters) const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  return "redis://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/0" + parameters;
}

void SilentServer::serve(const Answer& answer) {
  std::vector<pollfd> sockets = {{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
  while (poll(sockets.data(), sockets.size(), -1) >= 0 && sockets[0].revents == 0) {
    if (sockets[1].revents != 0) sockets.push_back({accept(listener_, nullptr, nullptr), POLLIN, 0});
    for (size_t i = 2; i < sockets.size(); ++i) {
      char buffer[4096];
      if ((sockets[i].revents & (POLLIN | POLLHUP)) == 0) continue;
      ssize_t bytes = read(sockets[i].fd, buffer, sizeof buffer);
      std::string reply;
      if (bytes > 0) reply = answer({buffer, static_cast<size_t>(bytes)});
      if (!reply.empty() && send(sockets[i].fd, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) bytes = 0;
      if (bytes > 0) continue;
      close(sockets[i].fd);
      sockets.erase(sockets.begin() + static_cast<ptrdiff_t>(i--));
    }
  }
  for (size_t i = 2; i < sockets.size(); ++i) close(sockets[i].fd);
}

}  // namespace featc::test
