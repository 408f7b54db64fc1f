// SPDX-License-Identifier: Apache-2.0
// The benchmark suite: prints tables, then a line a target. scripts/bench builds and runs it;
// docs/performance.md says how to read it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <string_view>

#include "bench/child.h"
#include "bench/families.h"

namespace {

struct Family {
  std::string_view name;
  void (*run)(featc::bench::Suite& suite);
};

constexpr Family kFamilies[] = {
    {"running", featc::bench::benchRunning},
    {"compiling", featc::bench::benchCompiling},
    {"loading", featc::bench::benchLoading},
    {"steady", featc::bench::benchSteadyState},
    {"reads", featc::bench::benchReads},
    {"rates", featc::bench::benchRates},
    {"overhead", featc::bench::benchReadsOverhead},
    {"days", featc::bench::benchBadDays},
    {"wire", featc::bench::benchWire},
    {"lookup", featc::bench::benchLookup},
};

int usage() {
  fmt::print(stderr, "usage: featc_bench [--quick] [--json FILE] [--only FAMILY,...] [--answers N]\nfamilies:");
  for (const Family& family : kFamilies) fmt::print(stderr, " {}", family.name);
  fmt::print(stderr, "\n");
  return 2;
}

// Whether `name` stands in the list, which may be empty for all.
bool isWanted(std::string_view list, std::string_view name) {
  if (list.empty()) return true;
  while (!list.empty()) {
    size_t end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == name) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace featc::bench;
  std::span arguments(argv, static_cast<size_t>(argc));
  bool quick = false;
  std::string json;
  std::string only;
  size_t answers = 10'000;
  try {
    if (argc > 1 && std::string_view(argv[1]) == "--child") return runChild(arguments.subspan(2));
    for (size_t i = 1; i < arguments.size(); ++i) {
      std::string_view argument = arguments[i];
      bool hasValue = i + 1 < arguments.size();
      if (argument == "--quick")
        quick = true;
      else if (argument == "--json" && hasValue)
        json = arguments[++i];
      else if (argument == "--only" && hasValue)
        only = arguments[++i];
      else if (argument == "--answers" && hasValue)
        answers = std::strtoul(arguments[++i], nullptr, 10);
      else
        return usage();
    }
    Suite suite(quick, answers);
    bool any = false;
    for (const Family& family : kFamilies) {
      if (!isWanted(only, family.name)) continue;
      family.run(suite);
      any = true;
    }
    if (!any) return usage();
    suite.printTargets();
    if (!json.empty()) suite.writeJson(json);
    return 0;
  } catch (const std::exception& e) {
    fmt::print(stderr, "the bench is broken: {}\n", e.what());
    return 1;
  }
}
