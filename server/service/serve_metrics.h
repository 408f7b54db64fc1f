// SPDX-License-Identifier: Apache-2.0
// What a server measures of requests and connections, beside what calls and stores measure (runtime/metrics).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/grpc/grpc_server.h"
#include "server/http/http_server.h"
#include "server/log/log_writer.h"

namespace featc {

// How long a request was in each stage.
struct StageTimes {
  std::chrono::nanoseconds queue{};    // until a thread took it
  std::chrono::nanoseconds read{};     // unpacking and reading the body
  std::chrono::nanoseconds extract{};  // reads from stores included
  std::chrono::nanoseconds infer{};    // waiting for the network and running it
  std::chrono::nanoseconds answer{};   // making the answer's text
  std::chrono::nanoseconds total() const { return queue + read + extract + infer + answer; }
};

// Thread-safe.
class ServeMetrics {
 public:
  ServeMetrics();
  ~ServeMetrics();
  ServeMetrics(const ServeMetrics&) = delete;
  ServeMetrics& operator=(const ServeMetrics&) = delete;

  void countRequest(const std::string& config, std::string_view dialect, int status, const StageTimes& times);
  // Asked whenever text() is.
  void watchConnections(std::function<HttpCounts()> counts);
  void watchCalls(std::function<GrpcCounts()> counts);
  void watchLog(std::function<LogCounts()> counts);
  std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace featc
