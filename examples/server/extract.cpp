// SPDX-License-Identifier: Apache-2.0
// One request's features.
#include "extract.h"

#include <fmt/format.h>

#include <exception>
#include <future>

#include "data/formats/tensor_sequence_writer.h"
#include "data/json/json_reader.h"
#include "data/json/json_writer.h"
#include "data/run_totals.h"
#include "support/json_quote.h"

namespace server {

using namespace featc;

VersionParts::VersionParts(const std::string& name, const Extractor& extractor, const ExtractOptions& options,
                           Metrics& metrics)
    : observer(metrics.observe(name, extractor)),
      json(newJsonWriter(extractor.info())),
      tensors(newTensorSequenceWriter(extractor.info(), false)) {
  if (options.mode != Mode::Seda) return;
  SedaOptions seda;
  seda.computeThreads = options.threads;
  seda.queueRequests = options.queueRequests;
  seda.observer = observer.get();
  this->seda = std::make_unique<SedaExecutor>(extractor, seda);
}

Answer failed(int status, const char* reason, const std::string& message) {
  Answer answer;
  answer.status = status;
  answer.body = fmt::format("{{\"error\": {}}}\n", jsonQuote(message));
  answer.rejected = reason;
  return answer;
}

namespace {

// A call that has no result.
Answer failedCall(const Error& error) {
  switch (error.code) {
    case ErrorCode::OverLimit: return failed(413, "over_limit", error.message);
    case ErrorCode::Late:
    case ErrorCode::NoMemory:
    case ErrorCode::Refused: return failed(503, "overload", error.message);
    default: break;
  }
  return failed(500, "failed", error.message);
}

std::vector<std::string> degradedSources(const Result& result, const ProgramInfo& info) {
  std::vector<std::string> names;
  for (size_t s = 0; s < info.sources.size(); ++s)
    if (result.reads(s).degraded()) names.push_back(info.sources[s].name);
  return names;
}

// The items that could be read and not computed: they are not in the answer.
void addFailedItems(const Result& result, const RequestMemory& memory, std::string& warnings) {
  for (size_t i = 0; i < memory.rows.size(); ++i) {
    RowStatus status = result.status(static_cast<int64_t>(i));
    if (status == RowStatus::Ok) continue;
    warnings += fmt::format("request:{}: item {}: {}\n", memory.rows[i].line, memory.rows[i].item,
                            statusText(status, RunLimits()));
  }
}

// The features of `result`, which the batch in `memory` gave.
Answer answerOf(const LiveCall& call, const RequestMemory& memory, const Result& result, Format format,
                std::string warnings) {
  Answer answer;
  addFailedItems(result, memory, warnings);
  answer.warnings = std::move(warnings);
  answer.degraded = degradedSources(result, call.extractor().info());
  answer.format = format;
  auto& parts = call.version().shared<VersionParts>();
  (format == Format::Json ? parts.json : parts.tensors)->write(result, memory.rows, answer.body);
  return answer;
}

}  // namespace

Answer extract(const LiveCall& call, std::string_view text, std::chrono::steady_clock::time_point deadline, Mode mode,
               Format format) {
  auto& memory = call.memory<RequestMemory>();
  auto& parts = call.version().shared<VersionParts>();
  std::string messages;
  auto reader =
      newJsonReader(call.extractor().info(), memorySource(text), "request", false, [&](const DataMessage& message) {
        if (message.isError) messages += message.render() + "\n";
      });
  ReadStatus status = reader->next(memory.builder, memory.rows, INT64_MAX);
  if (reader->counts().badRequests > 0) {
    messages.pop_back();  // the last line's end
    return failed(400, "bad_request", messages);
  }
  if (status != ReadStatus::Batch) return failed(400, "bad_request", "there is no request in the body");

  if (mode == Mode::Seda) {
    // The answer's thread writes it, so that the next request finds the executor's memory free.
    std::promise<Answer> promise;
    Error refused = parts.seda->submit(memory.builder.batch(), deadline, [&](const Error& error, Result& result) {
      try {
        promise.set_value(error ? failedCall(error) : answerOf(call, memory, result, format, std::move(messages)));
      } catch (...) {
        // The executor goes on whatever is thrown here; who waits must hear of it.
        promise.set_exception(std::current_exception());
      }
    });
    return refused ? failedCall(refused) : promise.get_future().get();
  }
  CallOptions options;
  options.scheduler = mode == Mode::Pipelined ? Scheduler::Pipelined : Scheduler::Staged;
  options.deadline = deadline;
  options.observer = parts.observer.get();
  if (Error error = call.extractor().run(memory.builder.batch(), memory.scratch, memory.result, options))
    return failedCall(error);
  return answerOf(call, memory, memory.result, format, std::move(messages));
}

}  // namespace server
