// SPDX-License-Identifier: Apache-2.0
// Runs calls and writes down what went in and what came out.
#include "data/log/request_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "data/json/json_writer.h"
#include "data/log/json_text.h"
#include "data/log/read_recorder.h"
#include "data/run_totals.h"
#include "support/json_quote.h"
#include "support/survive.h"

namespace featc {
namespace {

// A list of structs as an array of objects; member `at` is there and tells its length.
void appendStructs(std::string& out, const ProgramInfo& info, const Batch& batch, StructList list, size_t at,
                   int64_t row, std::string& problem) {
  std::optional<int64_t> length = listLength(batch.columns[at], row);
  if (!length) {
    out += "null";
    return;
  }
  out += '[';
  for (int64_t element = 0; element < *length; ++element) {
    out += element == 0 ? "{" : ", {";
    const char* separator = "";
    for (size_t i = list.first; i < list.end(); ++i) {
      // Members whose lengths differ make the row bad, which the line says.
      if (listLength(batch.columns[i], row) != length) continue;
      out += fmt::format("{}{}: ", std::exchange(separator, ", "), jsonQuote(memberName(info.inputs[i])));
      appendElement(out, batch.columns[i], info.inputs[i].type, row, element, problem);
    }
    out += '}';
  }
  out += ']';
}

// The fields of one scope of a row as a JSON object.
void appendFields(std::string& out, const ProgramInfo& info, const Batch& batch, Scope scope, int64_t row,
                  std::string& problem) {
  out += '{';
  const char* separator = "";
  for (size_t i = 0; i < info.inputs.size();) {
    StructList list = structListOf(info.inputs, i);
    size_t at = list.first;  // of its members the first that is there
    while (at < list.end() && batch.columns[at].absent) ++at;
    i = list.end();
    if (at == list.end() || info.inputs[at].scope != scope) continue;
    const std::string& name = info.inputs[at].structList;
    out += fmt::format("{}{}: ", std::exchange(separator, ", "), jsonQuote(name.empty() ? info.inputs[at].name : name));
    if (name.empty())
      appendJson(out, batch.columns[at], info.inputs[at].type, row, problem);
    else
      appendStructs(out, info, batch, list, at, row, problem);
  }
  out += '}';
}

std::string readsOf(ReadRecorder& recorder) {
  std::string out;
  for (const RecordedRow& row : recorder.rows())
    out += fmt::format(R"({}{{"source": {}, "key": {}, "status": "{}", "fields": {}}})", out.empty() ? "" : ", ",
                       jsonQuote(row.source), jsonQuote(row.key), keyStatusName(row.status), row.fields);
  return out;
}

}  // namespace

CallLogger::CallLogger(const ProgramInfo& info) : info_(info), writer_(newJsonWriter(info)) {}

std::string CallLogger::requestsOf(const Batch& batch, const Result& result, std::string& problem) const {
  std::string out;
  for (int64_t r = 0; r < batch.requests; ++r) {
    out += fmt::format(R"({}{{"request": )", r == 0 ? "" : ", ");
    appendFields(out, info_, batch, Scope::Request, r, problem);
    out += R"(, "items": [)";
    for (int64_t m = batch.itemOffsets[r]; m < batch.itemOffsets[r + 1]; ++m) {
      // What lacks a field that must be there is told by its status, but cannot be read again.
      if (result.status(m) == RowStatus::BadInput && problem.empty())
        problem = "an item lacks a field that must be there";
      if (m > batch.itemOffsets[r]) out += ", ";
      appendFields(out, info_, batch, Scope::Item, m, problem);
    }
    out += "]}";
  }
  return out;
}

std::string CallLogger::resultsOf(const Result& result, std::span<const InputRow> rows) const {
  std::string lines;
  writer_->write(result, rows, lines);
  std::string out;
  std::string_view rest = lines;
  for (int64_t m = 0; m < result.items(); ++m) {
    if (m > 0) out += ", ";
    if (result.status(m) != RowStatus::Ok) {
      const InputRow& row = rows[static_cast<size_t>(m)];
      out += fmt::format(R"({{"row": {}, "request": {}, "item": {}, "status": "{}"}})", row.row, row.request, row.item,
                         statusName(result.status(m)));
      continue;
    }
    size_t end = rest.find('\n');
    out += rest.substr(0, end);
    rest.remove_prefix(end + 1);
  }
  return out;
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
                        ReadRecorder& recorder, std::string& line) const {
  std::vector<InputRow> counted;
  for (int64_t r = 0; rows.empty() && r < result.requests(); ++r)
    for (int64_t m = batch.itemOffsets[r]; m < batch.itemOffsets[r + 1]; ++m)
      counted.push_back(
          {static_cast<uint64_t>(m), static_cast<uint64_t>(r), static_cast<uint64_t>(m - batch.itemOffsets[r]), 0});
  std::string problem;
  std::string requests = requestsOf(batch, result, problem);
  std::string reads = readsOf(recorder);
  if (problem.empty()) problem = recorder.problem();
  line += fmt::format(R"({{"featc_log": 1, "model": {}, "fingerprint": "{}", "semantics": {}, )",
                      jsonQuote(info_.model), fingerprintText(info_.fingerprint), info_.semantics);
  if (!problem.empty()) line += fmt::format(R"("incomplete": {}, )", jsonQuote(problem));
  line += fmt::format(R"("requests": [{}], "reads": [{}], "results": [{}]}})", requests, reads,
                      resultsOf(result, rows.empty() ? std::span<const InputRow>(counted) : rows));
  line += '\n';
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
