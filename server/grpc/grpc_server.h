// SPDX-License-Identifier: Apache-2.0
// A server of gRPC whose calls look like requests of HTTP: the path is the method, the headers are the call's metadata,
// the body is the message. An answer's status becomes gRPC's, its headers trailing metadata.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "server/http/exchange.h"

namespace featc {

struct GrpcOptions {
  size_t connections = 10'000;  // at a time; the next one is closed
  size_t calls = 10'000;        // at a time; the next one is refused
  size_t headerBytes = size_t{16} << 10U;
  size_t messageBytes = size_t{16} << 20U;
  size_t memoryBytes = size_t{512} << 20U;  // of what gRPC holds for all connections together
  std::shared_ptr<BodyBudget> bodies = std::make_shared<BodyBudget>(size_t{256} << 20U);
  size_t answerBytes = size_t{256} << 20U;
  std::chrono::milliseconds messageTime{30'000};  // for a request to come
  std::chrono::milliseconds answerTime{30'000};   // for the answer to be sent
  std::chrono::milliseconds idleTime{75'000};     // of connections without a call
};

// What a server has counted since it started.
struct GrpcCounts {
  size_t calls = 0;                 // that are open now
  uint64_t refused = 0;             // calls, because there were too many
  uint64_t timedOut = 0;            // calls whose message did not come, or whose answer was not taken, in time
  size_t connections = 0;           // that are open now
  uint64_t refusedConnections = 0;  // because there were too many
};

class GrpcServer {
 public:
  GrpcServer(const GrpcOptions& options, HttpHandler handler);
  // Cancels what is open.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // Loads the module and listens at HOST:PORT (port 0: any that is free). Empty, or why that cannot be.
  std::string start(const std::string& address);
  // Where it listens: `127.0.0.1:8082`.
  const std::string& address() const { return address_; }
  // Takes no new calls, and answers those that have come. Returns when all are over, at the latest after `grace`, and
  // whether all were.
  bool drain(std::chrono::milliseconds grace);
  GrpcCounts counts() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
  std::string address_;
};

// The gRPC status of an HTTP status.
int32_t grpcStatus(int httpStatus);

}  // namespace featc
