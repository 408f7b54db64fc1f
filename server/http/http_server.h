// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 server on a few threads, which bad peers cannot hurt: each connection is a socket, a timer and what has
// come of a request; every wait has a limit.
//
//   featc::HttpServer server(options, [](std::shared_ptr<featc::HttpExchange> exchange) {
//     exchange->answer({.body = "{}"});  // now, or later from any thread
//   });
//   std::string error = server.start("127.0.0.1:8080");
//   ...
//   server.drain(std::chrono::seconds(5));
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "server/http/exchange.h"
#include "server/http/request_parser.h"

namespace featc {

struct HttpOptions {
  uint32_t threads = 1;
  size_t connections = 10'000;  // the next one is refused with 503
  HttpParseLimits parse;        // of a request's headers and body
  // Of all bodies that are being received or computed together; who comes with more is refused with 503.
  std::shared_ptr<BodyBudget> bodies = std::make_shared<BodyBudget>(size_t{256} << 20U);
  size_t answerBytes = size_t{256} << 20U;
  // What may have come of the next requests while one is computed; more stays with the system until then.
  size_t pipelinedBytes = size_t{64} << 10U;

  // Each is the time of the whole, however often bytes come.
  std::chrono::milliseconds headerTime{10'000};  // from a request's first byte to the end of its headers
  std::chrono::milliseconds bodyTime{30'000};    // for the body
  std::chrono::milliseconds answerTime{30'000};  // for sending the answer
  std::chrono::milliseconds idleTime{75'000};    // between requests
};

// What a server has counted since it started.
struct HttpCounts {
  size_t connections = 0;    // that are open now
  size_t bodyBytes = 0;      // of requests being received or computed now
  uint64_t accepted = 0;     // connections
  uint64_t refused = 0;      // connections, because there were too many
  uint64_t requests = 0;     // that handlers got
  uint64_t badRequests = 0;  // that were refused before
  uint64_t timedOut = 0;     // connections that were closed because a limit of time passed, idle ones excepted
};

class HttpServer {
 public:
  HttpServer(const HttpOptions& options, HttpHandler handler);
  // Closes what is open, without waiting for answers.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens at HOST:PORT (port 0: any that is free; `[::1]:8080` for IPv6) and serves. Empty, or why that cannot be.
  std::string start(const std::string& address);
  // Where it listens: `127.0.0.1:8080`.
  const std::string& address() const { return address_; }

  // Accepts nobody any more and answers every request that comes on an open connection, then closes it; one on which
  // nothing comes is closed soon. Returns when all are closed, at the latest after `grace`, and whether all were.
  bool drain(std::chrono::milliseconds grace);

  HttpCounts counts() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
  std::string address_;
};

}  // namespace featc
