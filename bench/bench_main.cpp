// SPDX-License-Identifier: Apache-2.0
// The benchmark suite: prints tables, then a line a target. scripts/bench builds and runs it;
// docs/performance.md says how to read it.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>

#include "bench/child.h"
#include "bench/families.h"

namespace {

int bench(bool quick, const std::string& json) {
  using namespace featc::bench;
  Suite suite(quick);
  benchRunning(suite);
  benchCompiling(suite);
  benchLoading(suite);
  benchSteadyState(suite);
  benchReads(suite);
  benchBadDays(suite);
  benchWire(suite);
  suite.printTargets();
  if (!json.empty()) suite.writeJson(json);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::span arguments(argv, static_cast<size_t>(argc));
  bool quick = false;
  std::string json;
  try {
    if (argc > 1 && std::string_view(argv[1]) == "--child") return featc::bench::runChild(arguments.subspan(2));
    for (size_t i = 1; i < arguments.size(); ++i) {
      std::string_view argument = arguments[i];
      if (argument == "--quick") {
        quick = true;
      } else if (argument == "--json" && i + 1 < arguments.size()) {
        json = arguments[++i];
      } else {
        fmt::print(stderr, "usage: featc_bench [--quick] [--json FILE]\n");
        return 2;
      }
    }
    return bench(quick, json);
  } catch (const std::exception& e) {
    fmt::print(stderr, "the bench is broken: {}\n", e.what());
    return 1;
  }
}
