// SPDX-License-Identifier: Apache-2.0
// The loops in AVX-512, with its parts DQ, BW and VL; cmake/FeatcTarget.cmake has the compiler's options.
#if defined(__x86_64__)

#include "values/array_loops_body.h"

namespace featc {

const ArrayLoops kAvx512Loops = array_loops::loopsOf("avx512", 64);

}  // namespace featc

#endif
