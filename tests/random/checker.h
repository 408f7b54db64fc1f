// SPDX-License-Identifier: Apache-2.0
// Runs one random program every way and says what does not agree.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "support/error.h"
#include "tests/common/engines.h"
#include "tests/random/data.h"
#include "tests/random/digest.h"
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

struct CheckOptions {
  // Only the raw graph interpreted against native code of the first form.
  bool enginesOnly = false;
  // Called before each step that ends soon whatever the program: compiling, one run of one engine.
  std::function<void()> begins = [] {};
  // What engines compute goes there, whether they agree or not.
  ProgramDigest* digest = nullptr;
};

std::optional<Disagreement> check(const RandomCase& randomCase, const CheckOptions& options = {});

// The config's graph. Fails with BadConfig, or with OverLimit where only a constant is refused for its size, as it must
// be.
Expected<Graph> compileRandom(const std::string& text);

}  // namespace featc
