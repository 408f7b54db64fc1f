// SPDX-License-Identifier: Apache-2.0
// The loop in AVX2.
#if defined(__x86_64__)

#include "ops/library/edit_loops_body.h"

namespace featc {

namespace {
typedef uint64_t Lanes4 __attribute__((vector_size(32)));  // NOLINT(modernize-use-using)
}  // namespace

const EditLoops kAvx2EditLoops = {.instructions = "avx2", .steps = edit_loops::stepsOf<Lanes4, 2>, .lanes = 8};

}  // namespace featc

#endif
