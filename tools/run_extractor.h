// SPDX-License-Identifier: Apache-2.0
// The extractor of featc run: a config compiled, or a library loaded, and its stores opened.
#pragma once

#include "engine/load.h"
#include "tools/run_options.h"

namespace featc {

// Its stores are opened into `binding`, and `graph` is what it computes. Without an extractor the reason was printed
// and `exitCode` is set.
ExtractorResult runExtractor(const RunOptions& options, StoreBinding& binding, Graph& graph, int& exitCode);

}  // namespace featc
