// SPDX-License-Identifier: Apache-2.0
// Lines of the log, JSON each, about requests that failed or took long.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "server/service/serve_metrics.h"

namespace featc {

struct RequestNote {
  std::string_view config;
  std::string_view protocol;
  int status = 200;
  std::string_view reason;  // of a failure, in one word
  std::string_view error;   // the same in words
  std::string_view trace;   // `traceparent`, as it came
  std::string_view id;
  size_t bytes = 0;  // of the body
  int64_t requests = 0;
  int64_t items = 0;
  StageTimes times;
};

// Thread-safe.
class RequestNotes {
 public:
  // Requests that take longer than `slow` are told; 0: none are.
  explicit RequestNotes(std::chrono::milliseconds slow) : slow_(slow) {}

  // Writes a line to stderr if the request failed or was slow: at most kMost a second, the rest is counted.
  void take(const RequestNote& note);

  static constexpr uint64_t kMost = 50;

 private:
  const std::chrono::milliseconds slow_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point since_{};
  uint64_t told_ = 0;     // since then
  uint64_t skipped_ = 0;  // since the last line that said so
};

// Whether a text has the form of a W3C traceparent header.
bool isTraceParent(std::string_view text);

}  // namespace featc
