// SPDX-License-Identifier: Apache-2.0
// How many times this process has asked for heap memory: what "a warm call allocates nothing" is tested with. And
// what happens where it gets none.
#pragma once

#include <cstdint>

namespace featc {

uint64_t allocationCount();

// Of the allocations to come, all threads' together, the first `spared` succeed and the next `count` fail, until
// stopFailing(), which tells whether any has.
void failAllocations(uint64_t spared, uint64_t count);
bool stopFailing();

}  // namespace featc
