// SPDX-License-Identifier: Apache-2.0
// Which featc this is: what it makes ahead of time runs with exactly this one.
#pragma once

#include <string_view>

namespace featc {

// `0.1.0`
std::string_view featcVersion();
// A hash of the sources that a compiled model depends on: equal for two builds of one state of the
// code, also for different machines.
std::string_view featcBuild();

}  // namespace featc
