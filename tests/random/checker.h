// SPDX-License-Identifier: Apache-2.0
// Runs one random program every way and says what does not agree.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/common/engines.h"
#include "tests/random/data.h"
#include "tests/random/program.h"

namespace featc {

struct RandomCase {
  RandomProgram program;
  RandomData data;
  uint64_t storeSeed = 0;
  std::vector<NativeForm> forms;
};

struct Disagreement {
  std::string kind;    // `diagnostics`, `text form`, `optimized, interpreted` ...: what a reducer keeps
  std::string detail;  // for a person
};

// `begins` is called before each step that ends soon whatever the program: compiling, one run of one engine.
std::optional<Disagreement> check(const RandomCase& randomCase, const std::function<void()>& begins = [] {});

}  // namespace featc
