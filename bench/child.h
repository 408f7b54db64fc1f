// SPDX-License-Identifier: Apache-2.0
// What is measured in a process of its own: everything that a warm process has done already (LLVM's
// tables, the parser's caches, memory from the system) counts there.
#pragma once

#include <span>
#include <string_view>

namespace featc::bench {

// `compile mix|generated FEATURES`, `answer mix|generated FEATURES FOLDER` and `load mix|generated
// FEATURES FOLDER` print a line a figure: its name and milliseconds or megabytes; FOLDER is theirs to
// write to, and `load` keeps its cache there. `spin mix|generated|takeaway ROWS` calls for ten seconds.
// Returns the exit code.
int runChild(std::span<char* const> arguments);

}  // namespace featc::bench
