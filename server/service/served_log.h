// SPDX-License-Identifier: Apache-2.0
// The request log of a server: which requests it has, and what their lines say.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/log/request_log.h"
#include "engine/live_version.h"
#include "server/log/log_sample.h"
#include "server/log/log_writer.h"
#include "server/model/model_scorer.h"

namespace featc {

struct ServedLogOptions {
  LogFileOptions file;  // without a path there is no log
  LogSample sample;
  LoggedFeatures features = LoggedFeatures::Digests;
  std::vector<std::string> redacted;  // fields that are left out (data/log/redaction.h)

  bool isOn() const { return !file.path.empty(); }
};

// Counts requests that are to be logged, until their lines are made or they are let go.
class LogTicket {
 public:
  LogTicket() = default;
  explicit LogTicket(std::atomic<size_t>& open) : open_(&open) { ++open; }
  ~LogTicket() {
    if (open_ != nullptr) --*open_;
  }
  LogTicket(LogTicket&& other) noexcept : open_(std::exchange(other.open_, nullptr)) {}
  LogTicket& operator=(LogTicket&& other) noexcept {
    std::swap(open_, other.open_);
    return *this;
  }

 private:
  std::atomic<size_t>* open_ = nullptr;
};

// What is kept of a request until its line is made.
struct RequestRecord {
  LogTicket ticket;
  std::string id;
  std::chrono::system_clock::time_point time;  // when it came
  std::string trace;
  std::string servedAs;
  std::vector<ReadRow> reads;
  bool hasScores = false;
  Scores scores;  // if so
};

// Thread-safe.
class ServedLog {
 public:
  explicit ServedLog(const ServedLogOptions& options) : sample_(options.sample), writer_(options.file) {}

  bool takes(std::string_view id) const { return sample_.takes(id); }
  // The call's version and memory, which has the result of the batch, stay with `owner`; it is let go on the log's
  // thread.
  struct Answered {
    std::shared_ptr<const void> owner;
    const LiveVersion* version = nullptr;
    const RequestRecord* record = nullptr;
    Batch batch;
    const Result* result = nullptr;
    std::span<const InputRow> rows;
  };
  void add(Answered answered) noexcept;

  LogTicket ticket() { return LogTicket(open_); }
  // Waits a while for lines of requests that have been answered, and writes them. Behind the last request.
  void finish() noexcept;
  LogWriter& writer() { return writer_; }

 private:
  LogSample sample_;
  std::atomic<size_t> open_ = 0;
  LogWriter writer_;
};

// Makes what each version's lines are made with.
std::function<std::unique_ptr<CallLogger>(const Extractor&)> loggersOf(const ServedLogOptions& options);

// Why a name in `redacted` is none of any program; empty: all are.
std::string unknownLoggedField(const std::vector<std::string>& redacted, const std::vector<const ProgramInfo*>& infos);

}  // namespace featc
