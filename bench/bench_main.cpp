// SPDX-License-Identifier: Apache-2.0
// The benchmark suite: prints tables, then a line a target. scripts/bench builds and runs it;
// docs/performance.md says how to read it.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "bench/families.h"

namespace {

int bench(bool quick, const std::string& json) {
  using namespace featc::bench;
  Suite suite(quick);
  benchRunning(suite);
  suite.printTargets();
  if (!json.empty()) suite.writeJson(json);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  bool quick = false;
  std::string json;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (argument == "--quick") {
      quick = true;
    } else if (argument == "--json" && i + 1 < argc) {
      json = argv[++i];
    } else {
      fmt::print(stderr, "usage: featc_bench [--quick] [--json FILE]\n");
      return 2;
    }
  }
  try {
    return bench(quick, json);
  } catch (const std::exception& e) {
    fmt::print(stderr, "the bench is broken: {}\n", e.what());
    return 1;
  }
}
