// SPDX-License-Identifier: Apache-2.0
// Applies the fixes that the diagnostics of a test's config propose.
#pragma once

#include <string>
#include <vector>

#include "tests/filetest/test_file.h"

namespace featc {

struct FixReport {
  size_t applied = 0;
  std::vector<std::string> problems;
};

// Each fix is applied alone, and what comes out is compiled: its diagnostic must be gone, and no error may stand in
// its place.
FixReport applyFixes(const TestFile& test);

}  // namespace featc
