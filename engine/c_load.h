// SPDX-License-Identifier: Apache-2.0
// The C interface's options as the C++ one has them.
#pragma once

#include <string>

#include "engine/c_api.h"
#include "engine/load.h"

namespace featc {

// All but the stores. Says what is wrong: a cache that cannot be used.
std::string readOptions(const featc_options& options, LoadOptions& load);

}  // namespace featc
