// SPDX-License-Identifier: Apache-2.0
// The loop in AVX-512, with its parts DQ, BW and VL; cmake/FeatcTarget.cmake has the compiler's options.
#if defined(__x86_64__)

#include "ops/library/edit_loops_body.h"

namespace featc {

const EditLoops kAvx512EditLoops = edit_loops::loopsOf<edit_loops::Lanes8, 1>("avx512");

}  // namespace featc

#endif
