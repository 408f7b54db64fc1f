// SPDX-License-Identifier: Apache-2.0
// How many times this process has asked for heap memory: what "a warm call allocates nothing" is tested with.
#pragma once

#include <cstdint>

namespace featc {

uint64_t allocationCount();

}  // namespace featc
