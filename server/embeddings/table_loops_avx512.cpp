// SPDX-License-Identifier: Apache-2.0
// The loops in AVX-512, with its parts DQ, BW and VL; cmake/FeatcTarget.cmake has the compiler's options.
#if defined(__x86_64__)

#include "server/embeddings/table_loops_body.h"

namespace featc {

const TableLoops kAvx512TableLoops = table_loops::loopsOf("avx512");

}  // namespace featc

#endif
