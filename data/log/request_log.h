// SPDX-License-Identifier: Apache-2.0
// Logs calls so that they can be replayed (docs/consistency.md): a line of JSON with the requests, the rows that
// stores gave, the result, and what computed it.
//
//   featc::StoreBinding stores = featc::recordingStores(bound, info.sources);   // before the extractor is made
//   featc::RequestLog log(extractor.info(), 1000, [&](std::string_view line) { file.write(line); });
//   log.run(extractor, batch, scratch, result);                                 // in place of extractor.run
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "data/record_reader.h"
#include "data/result_writer.h"
#include "runtime/calls/extractor.h"

namespace featc {

class ReadRecorder;

// Makes the lines. Immutable: threads share one.
class CallLogger {
 public:
  explicit CallLogger(const ProgramInfo& info);

  // Runs `batch` and appends its line, with the line end, to `line` where the call gave a result. `rows` says where
  // items stood in the input; without it they are counted from 0. The extractor's stores must be recordingStores(),
  // and its fetches must be sent by the calling thread, as the staged and the pipelined scheduler do.
  Error run(const Extractor& extractor, const Batch& batch, Scratch& scratch, Result& result,
            std::span<const InputRow> rows, std::string& line, const CallOptions& options = {}) const;

  // The line alone, of a call that has run so and whose reads were recorded.
  void append(const Batch& batch, const Result& result, std::span<const InputRow> rows, ReadRecorder& reads,
              std::string& line) const;

 private:
  std::string requestsOf(const Batch& batch, const Result& result, std::string& problem) const;
  std::string resultsOf(const Result& result, std::span<const InputRow> rows) const;

  ProgramInfo info_;
  std::unique_ptr<ResultWriter> writer_;
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
