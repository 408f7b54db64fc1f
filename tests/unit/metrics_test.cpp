// SPDX-License-Identifier: Apache-2.0
// Metrics: what docs/serving.md lists is what there is, and what stores count is shown.
#include <map>
#include <regex>
#include <sstream>

#include "engine_fixture.h"
#include "runtime/metrics/metrics.h"
#include "support/survive.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

// Names and types, as the page's tables have them.
std::map<std::string, std::string> documented() {
  std::map<std::string, std::string> types;
  std::istringstream page(readFile(FEATC_SOURCE_DIR "/docs/serving.md"));
  const std::regex row("\\| (`featc_.*`) \\| ([a-z]+) \\|.*");
  const std::regex name("featc_[a-z_]+");
  std::smatch match;
  for (std::string line; std::getline(page, line);) {
    if (!std::regex_match(line, match, row)) continue;
    std::string names = match[1];
    for (std::sregex_iterator at(names.begin(), names.end(), name), end; at != end; ++at) types[at->str()] = match[2];
  }
  return types;
}

std::map<std::string, std::string> shown(const std::string& text) {
  std::map<std::string, std::string> types;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, what, name, type;
    words >> hash >> what >> name >> type;
    if (hash == "#" && what == "TYPE") types[name] = type;
  }
  return types;
}

}  // namespace

TEST_CASE("every metric is in docs/serving.md, with its type, and every one there exists") {
  CompiledConfig config = compileConfig("m.feat", {}, kConfig);
  REQUIRE(config.ok());
  EngineOptions engine;
  engine.engine = EngineKind::Interp;
  engine.stores.fallback = demoStore(config.raw.info());
  ExtractorResult made = makeExtractor(config.optimized, engine);
  REQUIRE(made.extractor != nullptr);
  Metrics metrics;
  auto observer = metrics.observe("m", *made.extractor);
  metrics.countDegraded("m", std::vector<std::string>{"people"});
  metrics.countRejected("m", "overload");
  metrics.watchConfig("m", [] { return ConfigState{1, 7, 1, 0, false, 1}; });
  metrics.watchStores([] {
    StoreState store{"people", "redis://127.0.0.1:6379/0", "", {}};
    store.stats.breaker = {true, 3, 40};
    store.stats.secondReads = {5, 2};
    store.stats.cache = {100, 10, 6, 4, 4096};
    store.stats.connections = {1, 3, 2, 9};
    store.stats.absent = StoreStats::Absent();
    return std::vector{store};
  });
  survive("a test of metrics", [] { throw 1; });
  std::string text = metrics.text();
  CHECK(shown(text) == documented());
  CHECK_THAT(text, ContainsSubstring("\nfeatc_survived_errors_total{where=\"a test of metrics\"} 1\n"));
  const std::string labels = R"({store="people",url="redis://127.0.0.1:6379/0"} )";
  for (const char* series :
       {"breaker_open 1", "breaker_trips_total 3", "breaker_refused_total 40", "second_reads_total 5",
        "second_reads_won_total 2", "cache_hits_total 100", "cache_misses_total 10", "cache_joined_total 6",
        "cache_evictions_total 4", "cache_bytes 4096", "connections 1", "connections_made_total 3",
        "connections_lost_total 2", "connections_failed_total 9"}) {
    std::string name = series;
    std::string number = name.substr(name.find(' ') + 1);
    CHECK_THAT(text, ContainsSubstring("\nfeatc_store_" + name.substr(0, name.find(' ')) + labels + number + "\n"));
  }
}
