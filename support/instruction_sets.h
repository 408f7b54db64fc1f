// SPDX-License-Identifier: Apache-2.0
// What the machine can run beyond its baseline, for loops that are compiled once for each set.
#pragma once

#if defined(__x86_64__)

namespace featc {

inline bool runsAvx2() { return __builtin_cpu_supports("avx2") != 0; }
// With 64-bit and byte elements, in vectors of all sizes: x86-64-v4.
inline bool runsAvx512() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
         __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0;
}

}  // namespace featc

#endif
