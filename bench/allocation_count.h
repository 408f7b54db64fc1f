// SPDX-License-Identifier: Apache-2.0
// Counts this thread's heap allocations; malloc and its family are replaced in this program.
#pragma once

#include <cstdint>

namespace featc::bench {

uint64_t allocationCount();

}  // namespace featc::bench
