// SPDX-License-Identifier: Apache-2.0
// The loop in AVX2; cmake/FeatcTarget.cmake has the compiler's options.
#if defined(__x86_64__)

#include "ops/library/edit_loops_body.h"

namespace featc {

const EditLoops kAvx2EditLoops = edit_loops::loopsOf<edit_loops::Lanes4, 2>("avx2");

}  // namespace featc

#endif
