// SPDX-License-Identifier: Apache-2.0
// Writes results as a stream of tensor sequences, one buffer a batch.
#pragma once

#include <memory>

#include "data/result_writer.h"

namespace featc {

// Each buffer holds all items of its result, those that failed with their status, and where they stood in the
// input. `compressed`: with zstd.
std::unique_ptr<ResultWriter> newTensorSequenceWriter(const ProgramInfo& info, bool compressed);

}  // namespace featc
