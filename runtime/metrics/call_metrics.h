// SPDX-License-Identifier: Apache-2.0
// What calls measure: the observer that metrics hand out, and the families that all of them add to.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <string>
#include <vector>

#include "runtime/calls/extractor.h"
#include "runtime/run_observer.h"

namespace featc {

// The families, each with a help text; series are made by CallMetrics.
struct CallFamilies {
  explicit CallFamilies(prometheus::Registry& registry);

  prometheus::Family<prometheus::Counter>& requests;
  prometheus::Family<prometheus::Counter>& items;
  prometheus::Family<prometheus::Counter>& failedCalls;
  prometheus::Family<prometheus::Histogram>& callSeconds;
  prometheus::Family<prometheus::Histogram>& phaseSeconds;
  prometheus::Family<prometheus::Histogram>& fetchSeconds;
  prometheus::Family<prometheus::Histogram>& fetchKeys;
  prometheus::Family<prometheus::Counter>& keys;
  prometheus::Family<prometheus::Counter>& badFields;
  prometheus::Family<prometheus::Histogram>& stageSeconds;
  prometheus::Family<prometheus::Histogram>& stageRequests;
  prometheus::Family<prometheus::Gauge>& stageQueue;
  prometheus::Family<prometheus::Counter>& refused;
};

// Looks its series up once, so that a call only adds to them.
class CallMetrics final : public RunObserver {
 public:
  CallMetrics(CallFamilies& families, const std::string& config, const Extractor& extractor);

  void onPhase(const PhaseReport& report) override;
  void onFetch(const FetchReport& report) override;
  void onCall(const CallReport& report) override;
  void onStage(const StageReport& report) override;
  void onRefused(Stage stage) override;

 private:
  struct SourceSeries {
    prometheus::Histogram* seconds = nullptr;
    prometheus::Histogram* batch = nullptr;
    prometheus::Counter* found = nullptr;
    prometheus::Counter* absent = nullptr;
    prometheus::Counter* failed = nullptr;
    prometheus::Counter* timedOut = nullptr;
    prometheus::Counter* badFields = nullptr;
  };
  struct StageSeries {
    prometheus::Histogram* seconds = nullptr;
    prometheus::Histogram* requests = nullptr;
    prometheus::Gauge* queue = nullptr;
    prometheus::Counter* refused = nullptr;
  };

  prometheus::Counter& requests_;
  prometheus::Counter& items_;
  prometheus::Counter& failed_;
  prometheus::Histogram& seconds_;
  std::vector<std::array<prometheus::Histogram*, 2>> phases_;  // by phase; of scope request and item
  std::vector<SourceSeries> sources_;                          // as ProgramInfo::sources
  std::array<StageSeries, 2> stages_;                          // by Stage
};

}  // namespace featc
