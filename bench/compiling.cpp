// SPDX-License-Identifier: Apache-2.0
// From text to callable native code, by stage, each time in a new process.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "bench/families.h"

namespace featc::bench {

namespace {

constexpr const char* kStages[] = {"parse", "check", "optimize", "plan",   "machine",
                                   "load",  "total", "again",    "peak_mb"};

std::vector<std::string> header() {
  std::vector<std::string> row{"config"};
  for (const char* stage : kStages) row.emplace_back(stage);
  return row;
}

}  // namespace

void benchCompiling(Suite& suite) {
  std::vector<std::vector<std::string>> table{header()};
  std::map<std::string, double> total;
  double peak = 0;
  for (const char* config : {"mix 1000", "mix 5000", "generated 1000", "generated 5000"}) {
    auto figures =
        suite.children(fmt::format("compile/{}", config), fmt::format("compile {}", config), suite.quick() ? 1 : 5);
    std::vector<std::string> row{config};
    for (const char* stage : kStages) row.push_back(fmt::format("{:.0f}", figures[stage].median()));
    table.push_back(row);
    total[config] = figures["total"].median();
    peak = std::max(peak, figures["peak_mb"].median());
  }
  suite.table("Text to callable native code, ms; \"total\" is the first time in a process, \"again\" the second",
              table);
  suite.atMost("compile the mix of 1,000", total["mix 1000"], 80, "ms");
  suite.atMost("compile the mix of 5,000", total["mix 5000"], 350, "ms");
  suite.atMost("compile 1,000 generated expressions", total["generated 1000"], 500, "ms");
  suite.atMost("compile 5,000 generated expressions, to 1,000", total["generated 5000"] / total["generated 1000"], 6,
               "times");
  suite.atMost("memory of the largest compilation", peak, 1024, "MB", "peak of the process");
}

}  // namespace featc::bench
