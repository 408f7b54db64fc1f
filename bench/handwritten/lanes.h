// SPDX-License-Identifier: Apache-2.0
// The expert's building blocks for the CPU that is compiled for.
#pragma once

#ifdef __AVX512DQ__
#include "bench/handwritten/lanes_avx512.h"
#else
#include "bench/handwritten/lanes_avx2.h"
#endif
