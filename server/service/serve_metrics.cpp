// SPDX-License-Identifier: Apache-2.0
#include "server/service/serve_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <sstream>
#include <utility>

namespace featc {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;

namespace {

const prometheus::Histogram::BucketBoundaries kSeconds = {0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02,
                                                          0.05,   0.1,    0.2,    0.5,   1,     2,     5,    10};

}  // namespace

struct ServeMetrics::Families {
  prometheus::Registry registry;
  prometheus::Family<Counter>& requests = BuildCounter()
                                              .Name("featc_server_requests_total")
                                              .Help("Requests that were answered, by status")
                                              .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      BuildHistogram().Name("featc_server_stage_seconds").Help("Time of requests in each stage").Register(registry);
  prometheus::Family<prometheus::Gauge>& open =
      BuildGauge().Name("featc_http_connections").Help("Connections that are open").Register(registry);
  prometheus::Family<prometheus::Gauge>& bodies =
      BuildGauge().Name("featc_http_body_bytes").Help("Bodies of requests that are under way").Register(registry);
  prometheus::Family<Counter>& connections = BuildCounter()
                                                 .Name("featc_http_connections_total")
                                                 .Help("Connections that came, by what became of them")
                                                 .Register(registry);
  prometheus::Family<Counter>& unread = BuildCounter()
                                            .Name("featc_http_unread_requests_total")
                                            .Help("Requests that no handler saw: not valid, too long or too slow")
                                            .Register(registry);
  prometheus::Family<prometheus::Gauge>& calls =
      BuildGauge().Name("featc_grpc_calls").Help("Calls that are open").Register(registry);
  prometheus::Family<prometheus::Gauge>& callers =
      BuildGauge().Name("featc_grpc_connections").Help("Connections of gRPC that are open").Register(registry);
  prometheus::Family<Counter>& unreadCalls = BuildCounter()
                                                 .Name("featc_grpc_unread_calls_total")
                                                 .Help("Calls that were refused unread, or took too long")
                                                 .Register(registry);
  std::mutex mutex;
  std::function<HttpCounts()> counts;
  std::function<GrpcCounts()> callCounts;
  std::function<LogCounts()> logCounts;

  void takeConnections();
  void takeCalls();
  void takeLog();
};

namespace {

void set(Counter& counter, uint64_t value) { counter.Increment(static_cast<double>(value) - counter.Value()); }

}  // namespace

void ServeMetrics::Families::takeConnections() {
  const HttpCounts now = counts();
  open.Add({}).Set(static_cast<double>(now.connections));
  bodies.Add({}).Set(static_cast<double>(now.bodyBytes));
  set(connections.Add({{"outcome", "accepted"}}), now.accepted);
  set(connections.Add({{"outcome", "refused"}}), now.refused);
  set(unread.Add({{"reason", "refused"}}), now.badRequests);
  set(unread.Add({{"reason", "timeout"}}), now.timedOut);
}

void ServeMetrics::Families::takeCalls() {
  const GrpcCounts now = callCounts();
  calls.Add({}).Set(static_cast<double>(now.calls));
  callers.Add({}).Set(static_cast<double>(now.connections));
  set(unreadCalls.Add({{"reason", "connection_refused"}}), now.refusedConnections);
  set(unreadCalls.Add({{"reason", "refused"}}), now.refused);
  set(unreadCalls.Add({{"reason", "timeout"}}), now.timedOut);
}

void ServeMetrics::Families::takeLog() {
  const LogCounts now = logCounts();
  auto& lines = BuildCounter()
                    .Name("featc_request_log_lines_total")
                    .Help("Lines of the request log, by what became of them")
                    .Register(registry);
  set(lines.Add({{"outcome", "written"}}), now.written);
  set(lines.Add({{"outcome", "dropped"}}), now.dropped);
  set(lines.Add({{"outcome", "failed"}}), now.failed);
  set(BuildCounter().Name("featc_request_log_bytes_total").Help("Bytes of the request log").Register(registry).Add({}),
      now.bytes);
  auto gauge = [&](const char* name, const char* help, double value) {
    BuildGauge().Name(name).Help(help).Register(registry).Add({}).Set(value);
  };
  gauge("featc_request_log_waiting", "Lines that wait to be written", static_cast<double>(now.waiting));
  gauge("featc_request_log_failing", "1 if the request log could not be written the last time", now.failing ? 1 : 0);
}

ServeMetrics::ServeMetrics() : families_(std::make_unique<Families>()) {}
ServeMetrics::~ServeMetrics() = default;

void ServeMetrics::countRequest(const std::string& config, std::string_view dialect, int status,
                                const StageTimes& times) {
  families_->requests.Add({{"config", config}, {"protocol", std::string(dialect)}, {"status", std::to_string(status)}})
      .Increment();
  auto add = [&](const char* stage, std::chrono::nanoseconds time) {
    if (time.count() > 0)
      families_->seconds.Add({{"config", config}, {"stage", stage}}, kSeconds)
          .Observe(std::chrono::duration<double>(time).count());
  };
  add("queue", times.queue);
  add("read", times.read);
  add("extract", times.extract);
  add("infer", times.infer);
  add("answer", times.answer);
  add("total", times.total());
}

void ServeMetrics::watchConnections(std::function<HttpCounts()> counts) {
  std::lock_guard lock(families_->mutex);
  families_->counts = std::move(counts);
}

void ServeMetrics::watchCalls(std::function<GrpcCounts()> counts) {
  std::lock_guard lock(families_->mutex);
  families_->callCounts = std::move(counts);
}

void ServeMetrics::watchLog(std::function<LogCounts()> counts) {
  std::lock_guard lock(families_->mutex);
  families_->logCounts = std::move(counts);
}

std::string ServeMetrics::text() const {
  Families& families = *families_;
  std::lock_guard lock(families.mutex);
  if (families.counts) families.takeConnections();
  if (families.callCounts) families.takeCalls();
  if (families.logCounts) families.takeLog();
  return prometheus::TextSerializer().Serialize(families.registry.Collect());
}

}  // namespace featc
