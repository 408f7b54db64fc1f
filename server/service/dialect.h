// SPDX-License-Identifier: Apache-2.0
// How the body of a request says what is to be computed, and how the result is said back: one class a protocol.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "data/record_reader.h"
#include "runtime/batch.h"
#include "runtime/result.h"
#include "server/http/http_message.h"
#include "server/model/model_scorer.h"

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
  std::string version;  // a number
  std::string fingerprint;
};

// The scores of a request's items: those from number `first` on.
struct ScoredItems {
  const Scores& scores;
  size_t first = 0;
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
  // What the caller calls the request, where the body says so.
  virtual std::string_view id() const { return {}; }
  // What was read; until the dialect is destroyed, whatever becomes of the body after the answer.
  virtual Batch batch() = 0;
  // Where the items stood in the body; empty: one after another.
  virtual std::span<const InputRow> rows() const { return {}; }
  // The answer, with features or with scores.
  virtual HttpResponse answer(const Result& result, const ServedVersion& version) = 0;
  virtual HttpResponse answer(const Result& result, const ScoredItems& items, const ServedVersion& version) = 0;
};

}  // namespace featc
