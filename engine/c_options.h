// SPDX-License-Identifier: Apache-2.0
// The C interface's options as the C++ one has them.
#pragma once

#include "engine/aot/open_options.h"
#include "engine/open_config.h"
#include "featc/config.h"
#include "support/error.h"

namespace featc {

// All but the stores. Fails with a cache that cannot be used.
Error readLoadOptions(const OpenOptions& options, LoadOptions& load);
// The older struct as the newer one.
featc_open_options openOptionsOf(const featc_options* options);

}  // namespace featc
