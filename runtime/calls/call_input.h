// SPDX-License-Identifier: Apache-2.0
// From the batches of a call to its input columns.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/batch.h"
#include "runtime/bind.h"
#include "runtime/calls/call_program.h"
#include "runtime/executable.h"
#include "support/error.h"

namespace featc {

// Whether the batch as a whole fits the schema; its columns' contents are checked when they are bound.
Error checkBatch(const ProgramInfo& info, const Batch& batch);

// Binds the inputs of `batches`, which fit the schema, to the frame's first columns: rows of one batch after the
// rows of another. Cells are copied where there are several batches; what they point to stays the callers'.
Error bindInputs(const CallProgram& program, std::span<const Batch> batches, Binder& binder, Arena& arena,
                 CallFrame& frame);

}  // namespace featc
