// SPDX-License-Identifier: Apache-2.0
#include "server/service/request_stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <utility>

#include "server/log/scores_of_call.h"
#include "server/service/json_lines.h"
#include "server/service/request_body.h"
#include "server/service/version_parts.h"
#include "support/survive.h"

namespace featc {

using std::chrono::microseconds;

// One request on its way.
struct RequestStages::Work {
  std::shared_ptr<HttpExchange> exchange;
  std::string name;
  std::shared_ptr<LiveConfig> config;
  NewDialect newDialect;
  std::string id;  // empty: the caller has none
  std::string trace;
  Clock::time_point deadline;

  LiveCall call;
  std::unique_ptr<Dialect> dialect;  // uses the call
  Clock::time_point since;           // of the stage under way
  StageTimes times;
  size_t bytes = 0;
  int64_t requests = 0;
  int64_t items = 0;
  std::optional<RequestRecord> record;  // of a request that is logged

  const VersionParts& parts() const { return call.version().shared<VersionParts>(); }
  std::chrono::nanoseconds lap() {
    Clock::time_point before = std::exchange(since, Clock::now());
    return since - before;
  }
};

namespace {

// `20ms`, `1s` or `500us`; nothing where the text is no time above 0.
std::optional<microseconds> parseTime(std::string_view text) {
  uint32_t count = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  if (error != std::errc() || count == 0) return std::nullopt;
  if (unit == "us") return microseconds(count);
  if (unit == "ms") return microseconds(uint64_t{count} * 1000);
  if (unit == "s") return microseconds(uint64_t{count} * 1'000'000);
  return std::nullopt;
}

// A header or else a parameter of the query: `Featc-Deadline: 20ms`, `?deadline=20ms`.
std::string askedDeadline(const HttpRequest& request) {
  std::string text(request.header("Featc-Deadline"));
  return text.empty() ? request.parameter("deadline") : text;
}

Refusal refusalOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::OverLimit: return {413, "over_limit", error.message};
    case ErrorCode::Late: return {504, "late", error.message};
    case ErrorCode::NoMemory: return {503, "no_memory", error.message};
    case ErrorCode::Refused: return {503, "overload", error.message};
    case ErrorCode::Cancelled: return {499, "cancelled", error.message};
    default: return {500, "failed", error.message};
  }
}

// For a handler: what the exception that is being handled means for its request.
Refusal refusalOfException() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {503, "no_memory", "not enough memory for the request: try again later, or ask another server"};
  } catch (...) {
    return {500, "failed", currentMessage()};
  }
}

const Refusal kLate{504, "late", "the deadline passed while the request waited for a thread"};

}  // namespace

std::string notLoadedText(std::string_view name) {
  return fmt::format("\"{}\" is not loaded: the server's log says why", name);
}

RequestStages::RequestStages(const StageOptions& options, Metrics& metrics, ServeMetrics& serveMetrics, ServedLog* log)
    : options_(options),
      metrics_(metrics),
      serveMetrics_(serveMetrics),
      log_(log),
      notes_(options.slow),
      // As many as the threads that extract may hand over at once, besides those that wait.
      infer_({options.threads, options.queue + options.threads, options.joinedItems}),
      workers_(options.threads, options.queue) {}

void RequestStages::admit(const std::shared_ptr<HttpExchange>& exchange, const std::string& name,
                          std::shared_ptr<LiveConfig> config, NewDialect newDialect) {
  auto work = std::make_shared<Work>();
  const HttpRequest& request = exchange->request();
  work->exchange = exchange;
  work->name = name;
  work->config = std::move(config);
  work->newDialect = std::move(newDialect);
  work->since = request.arrived;
  work->bytes = request.body.size();
  if (std::string_view id = request.header("X-Request-Id"); isRequestId(id)) work->id = id;
  if (std::string_view trace = request.header("traceparent"); isTraceParent(trace)) work->trace = trace;
  microseconds patience = options_.deadline;
  if (std::string asked = askedDeadline(request); !asked.empty()) {
    std::optional<microseconds> time = parseTime(asked);
    if (!time) return refuse(*work, {400, "bad_request", "a deadline is a time such as 20ms or 1s"});
    patience = std::min(*time, patience);
  }
  work->deadline = request.arrived + patience;
  if (request.deadline) work->deadline = std::min(work->deadline, *request.deadline);
  if (!workers_.submit([this, work] { read(work); }))
    refuse(*work, {503, "overload", "too many requests are waiting: try again later, or ask another server"});
}

void RequestStages::read(const std::shared_ptr<Work>& work) {
  work->times.queue = work->lap();
  try {
    std::optional<Refusal> refusal = prepare(*work);
    work->times.read = work->lap();
    if (refusal) return refuse(*work, *refusal);
    extract(work);
  } catch (...) {
    refuse(*work, refusalOfException());
  }
}

// Everything before the extractor has the request.
std::optional<Refusal> RequestStages::prepare(Work& work) {
  if (work.exchange->hungUp()) return Refusal{499, "cancelled", "the caller has hung up"};
  if (Clock::now() >= work.deadline) return kLate;
  HttpRequest& request = work.exchange->request();
  if (auto refusal = unpackBody(request.header("Content-Encoding"), options_.bodyBytes, request.body)) return refusal;
  if (!work.exchange->countBody()) return Refusal{503, "overload", std::string(kTooManyBytes)};
  if (work.config != nullptr) work.call = work.config->begin();
  if (!work.call) return Refusal{503, "no_version", notLoadedText(work.name)};
  std::optional<Refusal> refusal;
  work.dialect = work.newDialect(work.call, request, refusal);
  if (!refusal) refusal = work.dialect->read(request.body);
  if (refusal) return refusal;
  if (std::optional<microseconds> patience = work.dialect->patience())
    work.deadline = std::min(work.deadline, request.arrived + *patience);
  if (std::string_view id = work.dialect->id(); work.id.empty() && isRequestId(id)) work.id = id;
  if (log_ != nullptr) beginRecord(work);
  return std::nullopt;
}

// Of a request that is to be logged.
void RequestStages::beginRecord(Work& work) const {
  if (work.id.empty()) work.id = newRequestId();
  if (!log_->takes(work.id)) return;
  const auto age =
      std::chrono::duration_cast<std::chrono::system_clock::duration>(Clock::now() - work.exchange->request().arrived);
  RequestRecord& record = work.record.emplace();
  record.ticket = log_->ticket();
  record.id = work.id;
  record.time = std::chrono::system_clock::now() - age;
  record.trace = work.trace;
  record.servedAs = work.name;
}

void RequestStages::logFeatures(const std::shared_ptr<Work>& work, Result& result) noexcept {
  if (!work->record) return;
  Result& kept = work->call.memory<RequestMemory>().result;
  std::swap(kept, result);  // the executor goes on with another one
  log(work, kept);
}

void RequestStages::logScores(const std::shared_ptr<Work>& work, const Result& result, const Scores& scores,
                              size_t first) noexcept {
  if (!work->record) return;
  RequestRecord& record = *work->record;
  record.hasScores = survive("the request log",
                             [&] { record.scores = copyScores(scores, first, static_cast<size_t>(result.items())); });
  if (record.hasScores) log(work, result);
}

// Behind the answer: from here on the request is the log's.
void RequestStages::log(const std::shared_ptr<Work>& work, const Result& result) noexcept {
  // The caller's part is over: his body does not count any more.
  work->exchange.reset();
  log_->add({.owner = work,
             .version = &work->call.version(),
             .record = &*work->record,
             .batch = work->dialect->batch(),
             .result = &result,
             .rows = work->dialect->rows()});
}

void RequestStages::extract(const std::shared_ptr<Work>& work) {
  Batch batch = work->dialect->batch();
  work->requests = batch.requests;
  work->items = batch.items;
  auto extracted = [this, work](const Error& error, Result& result) {
    work->times.extract = work->lap();
    if (error) return refuse(*work, refusalOf(error));
    try {
      if (work->parts().scorer != nullptr) return infer(work, result);
      answer(*work, result, [&](const ServedVersion& version) { return work->dialect->answer(result, version); });
      logFeatures(work, result);
    } catch (...) {
      refuse(*work, refusalOfException());
    }
  };
  Error refused = work->parts().seda->submit(batch, work->deadline, extracted, &work->exchange->hungUp(),
                                             work->record ? &work->record->reads : nullptr);
  if (refused) refuse(*work, refusalOf(refused));
}

// The executor goes on with another result meanwhile.
void RequestStages::infer(const std::shared_ptr<Work>& work, Result& result) {
  Result& kept = work->call.memory<RequestMemory>().result;
  std::swap(kept, result);
  InferStage::Job job;
  job.scorer = work->parts().scorer;
  job.result = &kept;
  job.deadline = work->deadline;
  job.cancelled = &work->exchange->hungUp();
  job.done = [this, work, &kept](const Error& error, const Scores& scores, size_t first) {
    work->times.infer = work->lap();
    if (error) return refuse(*work, refusalOf(error));
    try {
      answer(*work, kept, [&](const ServedVersion& version) {
        return work->dialect->answer(kept, ScoredItems{scores, first}, version);
      });
      logScores(work, kept, scores, first);
    } catch (...) {
      refuse(*work, refusalOfException());
    }
  };
  if (!infer_.submit(std::move(job)))
    refuse(*work, {503, "overload", "too many requests wait for scores: try again later, or ask another server"});
}

void RequestStages::answer(Work& work, const Result& result,
                           const std::function<HttpResponse(const ServedVersion&)>& make) {
  const VersionInfo& info = work.call.version().info();
  HttpResponse response = make({work.name, versionLabel(work.call.version()), fingerprintText(info.fingerprint)});
  if (auto degraded = degradedSources(result, work.call.extractor().info()); !degraded.empty()) {
    metrics_.countDegraded(work.name, degraded);
    response.headers.push_back({"Featc-Degraded", fmt::format("{}", fmt::join(degraded, ","))});
  }
  work.times.answer = work.lap();
  finish(work, std::move(response), nullptr);
}

void RequestStages::refuse(Work& work, const Refusal& refusal) {
  HttpResponse response = httpError(refusal.status, refusal.message);
  if (refusal.status == 503) response.headers.push_back({"Retry-After", "1"});
  metrics_.countRejected(work.name, refusal.reason);
  finish(work, std::move(response), &refusal);
}

void RequestStages::finish(Work& work, HttpResponse response, const Refusal* refusal) {
  const HttpRequest& request = work.exchange->request();
  const StageTimes& times = work.times;
  if (!work.id.empty()) response.headers.push_back({"X-Request-Id", work.id});
  if (!request.header("Featc-Timing").empty()) {
    auto ms = [](std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e6; };
    response.headers.push_back(
        {"Server-Timing",
         fmt::format("queue;dur={:.3f}, read;dur={:.3f}, extract;dur={:.3f}, infer;dur={:.3f}, "
                     "answer;dur={:.3f}",
                     ms(times.queue), ms(times.read), ms(times.extract), ms(times.infer), ms(times.answer))});
  }
  RequestNote note;
  note.config = work.name;
  note.protocol = work.dialect == nullptr ? "" : work.dialect->name();
  note.status = response.status;
  if (refusal != nullptr) note.reason = refusal->reason;
  if (refusal != nullptr) note.error = refusal->message;
  note.trace = work.trace;
  note.id = work.id;
  note.bytes = work.bytes;
  note.requests = work.requests;
  note.items = work.items;
  note.times = times;
  survive("metrics of a request", [&] {
    serveMetrics_.countRequest(work.name, note.protocol, response.status, times);
    notes_.take(note);
  });
  work.exchange->answer(std::move(response));
}

}  // namespace featc
