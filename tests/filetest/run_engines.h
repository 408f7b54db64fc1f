// SPDX-License-Identifier: Apache-2.0
// Running a test's requests and comparing what comes out. Needs no compiler: models that were built
// ahead of time are tested the same way.
#pragma once

#include <span>

#include "tests/common/engines.h"
#include "tests/filetest/stages.h"

namespace featc {

// The requests through every engine in every batching. All must agree with the first engine on every
// bit; its result, as the test would show it, is the text. `info` describes that engine.
StageOutput runEngines(const TestFile& test, const ProgramInfo& info, std::span<const TestedEngine> engines);

}  // namespace featc
