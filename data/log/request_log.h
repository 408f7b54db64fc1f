// SPDX-License-Identifier: Apache-2.0
// Logs calls so that they can be replayed (docs/consistency.md): a line of JSON with the requests, the rows that
// stores gave, the result, and what computed it.
//
//   featc::StoreBinding stores = featc::recordingStores(bound, info.sources);   // before the extractor is made
//   featc::RequestLog log(extractor.info(), 1000, [&](std::string_view line) { file.write(line); });
//   log.run(extractor, batch, scratch, result);                                 // in place of extractor.run
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/log/call_scores.h"
#include "data/log/context_writer.h"
#include "data/log/redaction.h"
#include "data/record_reader.h"
#include "data/result_writer.h"
#include "runtime/calls/extractor.h"
#include "runtime/reads/read_row.h"

namespace featc {

class ReadRecorder;

inline constexpr uint64_t kLogFormat = 2;  // `featc_log` of what is written; 1 is read too

// How a line has the features of a call.
enum class LoggedFeatures : uint8_t {
  Values,   // as --format json has them
  Digests,  // data/log/result_digest.h
};

// What a line says of a call that a server answered; what is empty is left out.
struct LoggedRequest {
  std::string_view id;
  std::optional<std::chrono::system_clock::time_point> time;  // when it came
  std::string_view trace;                                     // `traceparent`
  std::string_view servedAs;                                  // the name that callers use
  std::string_view version;                                   // as callers know it
  const CallScores* scores = nullptr;
};

// Makes the lines. Immutable: threads share one.
class CallLogger {
 public:
  explicit CallLogger(const ProgramInfo& info, LogRedaction redaction = {},
                      LoggedFeatures features = LoggedFeatures::Values);

  // Runs `batch` and appends its line, with the line end, to `line` where the call gave a result. `rows` says where
  // items stood in the input; without it they are counted from 0. The extractor's stores must be recordingStores(),
  // and its fetches must be sent by the calling thread, as the staged and the pipelined scheduler do.
  Error run(const Extractor& extractor, const Batch& batch, Scratch& scratch, Result& result,
            std::span<const InputRow> rows, std::string& line, const CallOptions& options = {}) const;

  // The line alone, of a call that has run; `reads` is everything that it read.
  void append(const Batch& batch, const Result& result, std::span<const InputRow> rows, std::span<const ReadRow> reads,
              std::string& line, const LoggedRequest& request = {}) const;
  void append(const Batch& batch, const Result& result, std::span<const InputRow> rows, ReadRecorder& reads,
              std::string& line) const;

  const LogRedaction& redaction() const { return redaction_; }

 private:
  void begin(std::string& line, const LoggedRequest& request) const;
  void appendRest(const Batch& batch, const Result& result, std::span<const InputRow> rows, std::string& problem,
                  std::string& line, const LoggedRequest& request) const;
  void appendResults(const Result& result, std::span<const InputRow> rows, std::string& line) const;
  void appendDigests(const Result& result, std::string& line) const;

  LogRedaction redaction_;
  LoggedFeatures features_;
  ContextWriter context_;
  std::unique_ptr<ResultWriter> writer_;
  std::string program_;               // what a line says of it
  std::vector<std::string> outputs_;  // `"price": ` each
};

// Every `every`th call of any thread goes to `sink`, one line at a time; the others only run. A sink that throws, or no
// memory for a line, costs the line and not the call.
class RequestLog {
 public:
  using Sink = std::function<void(std::string_view line)>;
  RequestLog(const ProgramInfo& info, uint64_t every, Sink sink);

  Error run(const Extractor& extractor, const Batch& batch, Scratch& scratch, Result& result);

 private:
  CallLogger logger_;
  uint64_t every_;
  std::atomic<uint64_t> calls_ = 0;
  std::mutex mutex_;
  Sink sink_;
};

}  // namespace featc
