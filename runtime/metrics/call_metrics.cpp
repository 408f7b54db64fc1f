// SPDX-License-Identifier: Apache-2.0
// What calls measure.
#include "runtime/metrics/call_metrics.h"

#include <cmath>

namespace featc {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;
using prometheus::Labels;

// Each bound about 1.8 times the one before: a percentile is off by less than that.
Histogram::BucketBoundaries bounds(double first, double last) {
  Histogram::BucketBoundaries out;
  for (int i = 0; first * std::pow(10, i / 4.0) < last * 1.01; ++i) {
    // Two digits, so that a bound looks like one.
    double bound = first * std::pow(10, i / 4.0);
    double unit = std::pow(10, std::floor(std::log10(bound)) - 1);
    out.push_back(std::round(bound / unit) * unit);
  }
  return out;
}

// From 10 microseconds to 10 seconds.
const Histogram::BucketBoundaries& secondBounds() {
  static const Histogram::BucketBoundaries made = bounds(1e-5, 10);
  return made;
}

const Histogram::BucketBoundaries& countBounds() {
  static const Histogram::BucketBoundaries made{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000};
  return made;
}

Family<Counter>& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Family<Histogram>& histogram(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

void add(Counter& counter, uint64_t count) {
  if (count > 0) counter.Increment(static_cast<double>(count));
}

std::string stageName(size_t stage) { return static_cast<Stage>(stage) == Stage::Fetch ? "fetch" : "compute"; }

}  // namespace

CallFamilies::CallFamilies(prometheus::Registry& registry)
    : requests(counter(registry, "featc_requests_total", "Requests computed")),
      items(counter(registry, "featc_items_total", "Items computed")),
      failedCalls(counter(registry, "featc_failed_calls_total", "Calls answered with an error")),
      callSeconds(histogram(registry, "featc_call_seconds", "From the start of a call to its result")),
      phaseSeconds(histogram(registry, "featc_phase_seconds", "Computing of one phase and scope, between two reads")),
      fetchSeconds(
          histogram(registry, "featc_fetch_seconds", "From sending a fetch to its answer, or to giving it up")),
      fetchKeys(histogram(registry, "featc_fetch_keys", "Distinct keys of a fetch")),
      keys(counter(registry, "featc_keys_total", "Keys asked for, by outcome")),
      badFields(counter(registry, "featc_bad_fields_total", "Stored values that are not of their field's type")),
      stageSeconds(
          histogram(registry, "featc_stage_wait_seconds", "How long the oldest request of a batch had waited")),
      stageRequests(histogram(registry, "featc_stage_requests", "Requests that a stage takes at once")),
      stageQueue(prometheus::BuildGauge()
                     .Name("featc_stage_queue_length")
                     .Help("Requests that the last batch left behind")
                     .Register(registry)),
      refused(counter(registry, "featc_refused_total", "Requests refused because a stage's queue was full")) {}

CallMetrics::CallMetrics(CallFamilies& families, const std::string& config, const Extractor& extractor)
    : requests_(families.requests.Add({{"config", config}})),
      items_(families.items.Add({{"config", config}})),
      failed_(families.failedCalls.Add({{"config", config}})),
      seconds_(families.callSeconds.Add({{"config", config}}, secondBounds())) {
  for (uint32_t phase = 0; phase < extractor.executable().layout().phases; ++phase) {
    auto series = [&](const char* scope) {
      Labels labels{{"config", config}, {"phase", std::to_string(phase)}, {"scope", scope}};
      return &families.phaseSeconds.Add(labels, secondBounds());
    };
    phases_.push_back({series("request"), series("item")});
  }
  for (const SourceInfo& source : extractor.info().sources) {
    Labels labels{{"config", config}, {"source", source.name}};
    auto keys = [&](const char* status) {
      Labels all = labels;
      all["status"] = status;
      return &families.keys.Add(all);
    };
    sources_.push_back({&families.fetchSeconds.Add(labels, secondBounds()),
                        &families.fetchKeys.Add(labels, countBounds()), keys("found"), keys("absent"), keys("failed"),
                        keys("timed_out"), &families.badFields.Add(labels)});
  }
  for (size_t stage = 0; stage < stages_.size(); ++stage) {
    Labels labels{{"config", config}, {"stage", stageName(stage)}};
    stages_[stage] = {&families.stageSeconds.Add(labels, secondBounds()),
                      &families.stageRequests.Add(labels, countBounds()), &families.stageQueue.Add(labels),
                      &families.refused.Add(labels)};
  }
}

void CallMetrics::onPhase(const PhaseReport& report) {
  phases_[report.phase][report.scope == Scope::Item ? 1 : 0]->Observe(seconds(report.took));
}

void CallMetrics::onFetch(const FetchReport& report) {
  const SourceSeries& source = sources_[report.sourceIndex];
  source.seconds->Observe(seconds(report.took));
  source.batch->Observe(static_cast<double>(report.counts.keys));
  add(*source.found, report.counts.found);
  add(*source.absent, report.counts.absent);
  add(*source.failed, report.counts.failed);
  add(*source.timedOut, report.counts.timedOut);
  add(*source.badFields, report.counts.badFields);
}

void CallMetrics::onCall(const CallReport& report) {
  seconds_.Observe(seconds(report.took));
  add(requests_, static_cast<uint64_t>(report.requests));
  add(items_, static_cast<uint64_t>(report.items));
  if (report.failed) failed_.Increment();
}

void CallMetrics::onStage(const StageReport& report) {
  const StageSeries& stage = stages_[static_cast<size_t>(report.stage)];
  stage.seconds->Observe(seconds(report.waited));
  stage.requests->Observe(static_cast<double>(report.taken));
  stage.queue->Set(static_cast<double>(report.queued));
}

void CallMetrics::onRefused(Stage stage) { stages_[static_cast<size_t>(stage)].refused->Increment(); }

}  // namespace featc
