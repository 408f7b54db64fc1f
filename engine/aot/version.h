// SPDX-License-Identifier: Apache-2.0
// Which featc this is: what it makes ahead of time runs with exactly this one.
#pragma once

namespace featc {

// `0.1.0`
const char* featcVersion();
// A hash of the sources that a compiled model depends on, made when featc is built: equal for two
// builds of one state of the code, also for different machines.
const char* featcBuild();

}  // namespace featc
