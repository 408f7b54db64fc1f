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
};

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

std::string ServeMetrics::text() const {
  Families& families = *families_;
  std::lock_guard lock(families.mutex);
  auto set = [](Counter& counter, uint64_t value) { counter.Increment(static_cast<double>(value) - counter.Value()); };
  if (families.callCounts) {
    const GrpcCounts counts = families.callCounts();
    families.calls.Add({}).Set(static_cast<double>(counts.calls));
    families.callers.Add({}).Set(static_cast<double>(counts.connections));
    set(families.unreadCalls.Add({{"reason", "connection_refused"}}), counts.refusedConnections);
    set(families.unreadCalls.Add({{"reason", "refused"}}), counts.refused);
    set(families.unreadCalls.Add({{"reason", "timeout"}}), counts.timedOut);
  }
  if (families.counts) {
    const HttpCounts counts = families.counts();
    families.open.Add({}).Set(static_cast<double>(counts.connections));
    families.bodies.Add({}).Set(static_cast<double>(counts.bodyBytes));
    set(families.connections.Add({{"outcome", "accepted"}}), counts.accepted);
    set(families.connections.Add({{"outcome", "refused"}}), counts.refused);
    set(families.unread.Add({{"reason", "refused"}}), counts.badRequests);
    set(families.unread.Add({{"reason", "timeout"}}), counts.timedOut);
  }
  return prometheus::TextSerializer().Serialize(families.registry.Collect());
}

}  // namespace featc
