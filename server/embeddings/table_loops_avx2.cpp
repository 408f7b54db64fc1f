// SPDX-License-Identifier: Apache-2.0
// The loops in AVX2; cmake/FeatcTarget.cmake has the compiler's options.
#if defined(__x86_64__)

#include "server/embeddings/table_loops_body.h"

namespace featc {

const TableLoops kAvx2TableLoops = table_loops::loopsOf("avx2");

}  // namespace featc

#endif
