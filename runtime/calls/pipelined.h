// SPDX-License-Identifier: Apache-2.0
// The pipelined scheduler: each shard sends its keys and goes on when its own rows are back; there is no barrier
// between read levels.
#pragma once

#include "runtime/calls/call_memory.h"

namespace featc {

// Runs a call between begin() and finish() of its memory.
void runPipelined(CallMemory& memory);

}  // namespace featc
