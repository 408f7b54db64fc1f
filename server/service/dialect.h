// SPDX-License-Identifier: Apache-2.0
// How the body of a request says what is to be computed, and how the result is said back: one class a protocol.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/batch.h"
#include "runtime/result.h"
#include "server/http/http_message.h"

namespace featc {

// Why a request gets no features.
struct Refusal {
  int status = 500;
  const char* reason = "failed";  // one word, for metrics and logs
  std::string message;            // what is wrong and what to do
};

// What an answer says of the version that computed it.
struct ServedVersion {
  std::string name;
  uint64_t number = 0;
  std::string fingerprint;
};

// Made for one request, used by one thread at a time.
class Dialect {
 public:
  virtual ~Dialect() = default;
  // `oip`, `json`: for metrics and logs.
  virtual std::string_view name() const = 0;
  // Reads the request; `body` stays where it is until the answer.
  virtual std::optional<Refusal> read(std::string_view body) = 0;
  // How long the caller waits, counted from the request's arrival, where the body says so.
  virtual std::optional<std::chrono::microseconds> patience() const { return std::nullopt; }
  // What was read; until the answer.
  virtual Batch batch() = 0;
  // The answer. The sources whose values may be missing although their stores hold them are told in a header.
  virtual HttpResponse answer(const Result& result, const ServedVersion& version) = 0;
};

}  // namespace featc
