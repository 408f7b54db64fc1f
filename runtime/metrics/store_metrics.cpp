// SPDX-License-Identifier: Apache-2.0
// What stores count of themselves, as metrics.
#include "runtime/metrics/store_metrics.h"

#include <array>
#include <optional>

namespace featc {

namespace {

using prometheus::MetricType;

// Nothing where the store lacks that part.
using Number = std::optional<double>;

template <auto part, auto number>
Number numberOf(const StoreStats& stats) {
  if (!(stats.*part)) return std::nullopt;
  return static_cast<double>(*(stats.*part).*number);
}

struct StoreMetric {
  const char* name;
  MetricType type;
  const char* help;
  Number (*number)(const StoreStats& stats);
};

using Stats = StoreStats;
using Breaker = StoreStats::Breaker;
using SecondReads = StoreStats::SecondReads;
using Cache = StoreStats::Cache;
using Connections = StoreStats::Connections;
using Absent = StoreStats::Absent;

const std::array kStoreMetrics{
    StoreMetric{"featc_store_breaker_open", MetricType::Gauge, "1 while the breaker is open: fetches fail at once",
                numberOf<&Stats::breaker, &Breaker::open>},
    StoreMetric{"featc_store_breaker_trips_total", MetricType::Counter, "How often the breaker opened",
                numberOf<&Stats::breaker, &Breaker::trips>},
    StoreMetric{"featc_store_breaker_refused_total", MetricType::Counter,
                "Fetches that failed without asking the store", numberOf<&Stats::breaker, &Breaker::refused>},
    StoreMetric{"featc_store_second_reads_total", MetricType::Counter, "Fetches sent a second time (hedges)",
                numberOf<&Stats::secondReads, &SecondReads::sent>},
    StoreMetric{"featc_store_second_reads_won_total", MetricType::Counter,
                "Fetches whose second sending was answered first", numberOf<&Stats::secondReads, &SecondReads::won>},
    StoreMetric{"featc_store_cache_hits_total", MetricType::Counter, "Keys whose row was in the cache",
                numberOf<&Stats::cache, &Cache::hits>},
    StoreMetric{"featc_store_cache_misses_total", MetricType::Counter, "Keys whose row was not in the cache",
                numberOf<&Stats::cache, &Cache::misses>},
    StoreMetric{"featc_store_cache_joined_total", MetricType::Counter,
                "Keys not in the cache that another fetch was already reading",
                numberOf<&Stats::cache, &Cache::joined>},
    StoreMetric{"featc_store_cache_evictions_total", MetricType::Counter, "Rows that left the cache to make room",
                numberOf<&Stats::cache, &Cache::evictions>},
    StoreMetric{"featc_store_cache_bytes", MetricType::Gauge, "Bytes of rows in the cache",
                numberOf<&Stats::cache, &Cache::bytes>},
    StoreMetric{"featc_store_connections", MetricType::Gauge, "Connections that are ready",
                numberOf<&Stats::connections, &Connections::ready>},
    StoreMetric{"featc_store_connections_made_total", MetricType::Counter, "Connections that became ready",
                numberOf<&Stats::connections, &Connections::made>},
    StoreMetric{"featc_store_connections_lost_total", MetricType::Counter, "Connections that were ready and ended",
                numberOf<&Stats::connections, &Connections::lost>},
    StoreMetric{"featc_store_connections_failed_total", MetricType::Counter, "Attempts to connect that failed",
                numberOf<&Stats::connections, &Connections::failed>},
    StoreMetric{"featc_store_absent_sources", MetricType::Gauge,
                "Sources of which more of the last keys were absent than max_absent allows",
                numberOf<&Stats::absent, &Absent::sources>},
    StoreMetric{"featc_store_absent_rises_total", MetricType::Counter, "How often a source began to exceed max_absent",
                numberOf<&Stats::absent, &Absent::rises>},
};

}  // namespace

std::vector<prometheus::MetricFamily> storeFamilies(std::span<const StoreState> stores) {
  std::vector<prometheus::MetricFamily> families;
  for (const StoreMetric& metric : kStoreMetrics) {
    prometheus::MetricFamily family{metric.name, metric.help, metric.type, {}};
    for (const StoreState& store : stores) {
      Number number = metric.number(store.stats);
      if (!number) continue;
      prometheus::ClientMetric& series = family.metric.emplace_back();
      series.label = {{"store", store.store}, {"url", store.url}};
      series.counter.value = *number;
      series.gauge.value = *number;
    }
    if (!family.metric.empty()) families.push_back(std::move(family));
  }
  return families;
}

}  // namespace featc
