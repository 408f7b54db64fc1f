// SPDX-License-Identifier: Apache-2.0
// The loop in AVX-512, with its parts DQ, BW and VL; ops/CMakeLists.txt has the compiler's options.
#if defined(__x86_64__)

#include "ops/library/edit_loops_body.h"

namespace featc {

namespace {

typedef uint64_t Lanes8 __attribute__((vector_size(64)));  // NOLINT(modernize-use-using)
}  // namespace

const EditLoops kAvx512EditLoops = {.instructions = "avx512", .steps = edit_loops::stepsOf<Lanes8, 1>, .lanes = 8};

}  // namespace featc

#endif
