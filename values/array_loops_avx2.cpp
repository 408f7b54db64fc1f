// SPDX-License-Identifier: Apache-2.0
// The loops in AVX2; cmake/FeatcTarget.cmake has the compiler's options.
#if defined(__x86_64__)

#include "values/array_loops_body.h"

namespace featc {

const ArrayLoops kAvx2Loops = array_loops::loopsOf("avx2", 32);

}  // namespace featc

#endif
