// SPDX-License-Identifier: Apache-2.0
// Runs calls and writes down what went in and what came out.
#include "data/log/request_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "data/json/json_writer.h"
#include "data/log/read_recorder.h"
#include "data/log/read_rows.h"
#include "data/log/result_digest.h"
#include "data/run_totals.h"
#include "support/json_quote.h"
#include "support/survive.h"

namespace featc {
namespace {

// Of items that stand in no input: counted.
std::vector<InputRow> countedRows(const Batch& batch) {
  std::vector<InputRow> rows;
  for (int64_t r = 0; r < batch.requests; ++r)
    for (int64_t m = batch.itemOffsets[r]; m < batch.itemOffsets[r + 1]; ++m)
      rows.push_back(
          {static_cast<uint64_t>(m), static_cast<uint64_t>(r), static_cast<uint64_t>(m - batch.itemOffsets[r]), 0});
  return rows;
}

void appendText(std::string& line, std::string_view key, std::string_view text) {
  if (text.empty()) return;
  line += fmt::format(R"("{}": )", key);
  line += jsonQuote(text);
  line += ", ";
}

std::string timeText(std::chrono::system_clock::time_point time) {
  using std::chrono::system_clock;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(system_clock::to_time_t(seconds)),
                     std::chrono::duration_cast<std::chrono::microseconds>(time - seconds).count());
}

}  // namespace

CallLogger::CallLogger(const ProgramInfo& info, LogRedaction redaction, LoggedFeatures features)
    : redaction_(std::move(redaction)),
      features_(features),
      context_(info, redaction_),
      writer_(newJsonWriter(info)),
      program_(fmt::format(R"("model": {}, "fingerprint": "{}", "semantics": {}, )", jsonQuote(info.model),
                           fingerprintText(info.fingerprint), info.semantics)) {
  for (const OutputInfo& output : info.outputs) outputs_.push_back(jsonQuote(output.name) + ": ");
}

Error CallLogger::run(const Extractor& extractor, const Batch& batch, Scratch& scratch, Result& result,
                      std::span<const InputRow> rows, std::string& line, const CallOptions& options) const {
  auto recorder = std::make_shared<ReadRecorder>();
  {
    ReadRecorder::Watch watch(recorder);
    if (Error error = extractor.run(batch, scratch, result, options)) return error;
  }
  append(batch, result, rows, *recorder, line);
  return {};
}

void CallLogger::append(const Batch& batch, const Result& result, std::span<const InputRow> rows,
                        std::span<const ReadRow> reads, std::string& line, const LoggedRequest& request) const {
  std::string problem;
  begin(line, request);
  line += "\"reads\": [";
  appendReads(line, reads, redaction_, problem);
  line += "], ";
  appendRest(batch, result, rows, problem, line, request);
}

void CallLogger::append(const Batch& batch, const Result& result, std::span<const InputRow> rows, ReadRecorder& reads,
                        std::string& line) const {
  std::string problem = reads.problem();
  begin(line, {});
  line += "\"reads\": [";
  const char* separator = "";
  for (const RecordedRow& row : reads.rows()) {
    line += std::exchange(separator, ", ");
    appendRead(line, row.source, row.key, row.status, row.fields, problem);
  }
  line += "], ";
  appendRest(batch, result, rows, problem, line, {});
}

void CallLogger::begin(std::string& line, const LoggedRequest& request) const {
  line += fmt::format(R"({{"featc_log": {}, )", kLogFormat);
  appendText(line, "id", request.id);
  if (request.time) appendText(line, "time", timeText(*request.time));
  appendText(line, "traceparent", request.trace);
  appendText(line, "served_as", request.servedAs);
  appendText(line, "version", request.version);
  line += program_;
  if (const CallScores* scores = request.scores; scores != nullptr && !scores->epoch.empty()) {
    appendText(line, "epoch", scores->epoch);
    line += fmt::format(R"("delta": {}, )", scores->delta);
  }
  if (redaction_.names().empty()) return;
  line += "\"redacted\": [";
  for (const std::string& name : redaction_.names()) {
    if (&name != redaction_.names().data()) line += ", ";
    line += jsonQuote(name);
  }
  line += redaction_.hidesFeatures() ? "], \"replayable\": false, " : "], ";
}

void CallLogger::appendRest(const Batch& batch, const Result& result, std::span<const InputRow> rows,
                            std::string& problem, std::string& line, const LoggedRequest& request) const {
  std::vector<InputRow> counted;
  if (rows.empty()) rows = counted = countedRows(batch);
  line += "\"requests\": [";
  context_.append(line, batch, problem);
  // What lacks a field that must be there is told by its status, but cannot be read again.
  for (int64_t m = 0; m < result.items() && problem.empty(); ++m)
    if (result.status(m) == RowStatus::BadInput) problem = "an item lacks a field that must be there";
  line += "], \"results\": [";
  appendResults(result, rows, line);
  line += ']';
  if (features_ == LoggedFeatures::Digests && !redaction_.hidesFeatures()) appendDigests(result, line);
  if (request.scores != nullptr) {
    line += ", \"scores\": ";
    appendScores(line, *request.scores);
  }
  if (!problem.empty()) line += fmt::format(R"(, "incomplete": {})", jsonQuote(problem));
  line += "}\n";
}

void CallLogger::appendResults(const Result& result, std::span<const InputRow> rows, std::string& line) const {
  const bool hasValues = features_ == LoggedFeatures::Values && !redaction_.hidesFeatures();
  std::string lines;
  if (hasValues) writer_->write(result, rows, lines);
  std::string_view rest = lines;
  auto append = [&](const char* key, uint64_t number) {
    line += key;
    appendUnsigned(line, number);
  };
  for (int64_t m = 0; m < result.items(); ++m) {
    if (m > 0) line += ", ";
    const RowStatus status = result.status(m);
    if (status == RowStatus::Ok && hasValues) {
      size_t end = rest.find('\n');
      line += rest.substr(0, end);
      rest.remove_prefix(end + 1);
      continue;
    }
    const InputRow& row = rows[static_cast<size_t>(m)];
    // Of most items there is nothing to say.
    if (status == RowStatus::Ok && row.row == static_cast<uint64_t>(m)) {
      line += "{}";
      continue;
    }
    append("{\"row\": ", row.row);
    append(", \"request\": ", row.request);
    append(", \"item\": ", row.item);
    line += ", \"status\": \"";
    line += statusName(status);
    line += "\"}";
  }
}

void CallLogger::appendDigests(const Result& result, std::string& line) const {
  ResultDigester digester;
  const ResultDigest& digest = digester.digest(result);
  line += ", \"digests\": {\"features\": {";
  for (size_t i = 0; i < outputs_.size(); ++i) {
    if (i > 0) line += ", ";
    line += outputs_[i];
    appendDigest(line, digest.features[i]);
  }
  line += "}, \"items\": [";
  for (size_t i = 0; i < digest.items.size(); ++i) {
    if (i > 0) line += ", ";
    appendDigest(line, digest.items[i]);
  }
  line += "]}";
}

RequestLog::RequestLog(const ProgramInfo& info, uint64_t every, Sink sink)
    : logger_(info), every_(std::max<uint64_t>(every, 1)), sink_(std::move(sink)) {}

Error RequestLog::run(const Extractor& extractor, const Batch& batch, Scratch& scratch, Result& result) {
  if (calls_++ % every_ != 0) return extractor.run(batch, scratch, result);
  std::shared_ptr<ReadRecorder> recorder;
  constexpr const char* kLog = "a log of calls";
  if (!survive(kLog, [&] { recorder = std::make_shared<ReadRecorder>(); }))
    return extractor.run(batch, scratch, result);
  {
    ReadRecorder::Watch watch(recorder);
    if (Error error = extractor.run(batch, scratch, result)) return error;
  }
  survive(kLog, [&] {
    std::string line;
    logger_.append(batch, result, {}, *recorder, line);
    std::lock_guard lock(mutex_);
    sink_(line);
  });
  return {};
}

}  // namespace featc
