// SPDX-License-Identifier: Apache-2.0
// The version that CMake gives the project.
#include "engine/aot/version.h"

namespace featc {

const char* featcVersion() { return FEATC_VERSION; }

}  // namespace featc
