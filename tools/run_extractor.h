// SPDX-License-Identifier: Apache-2.0
// The extractor of featc run: a config compiled, or a library loaded, and its stores opened.
#pragma once

#include "support/error.h"
#include "tools/run_data.h"
#include "tools/run_options.h"

namespace featc {

// Diagnostics of the config are printed; if it has mistakes, the error has no message.
Expected<RunParts> openRunParts(const RunOptions& options);

}  // namespace featc
