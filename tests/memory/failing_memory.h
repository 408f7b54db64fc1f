// SPDX-License-Identifier: Apache-2.0
// Runs something again and again, each time with another of its allocations failing.
#pragma once

#include <cstdint>
#include <new>

#include "tests/common/catch.h"
#include "tests/memory/allocation_count.h"

namespace featc::test {

// Runs `body` with its first allocation failing, then its second, until none fails: once with that one alone, and once
// with all that follow it. After each run `check(threw)` is called, with memory: `threw` where std::bad_alloc came out.
// `stride`: only every so-manieth allocation, for what makes thousands.
template <class Body, class Check>
void withFailingMemory(Body&& body, Check&& check, uint64_t stride = 1) {
  for (uint64_t count : {uint64_t{1}, UINT64_MAX}) {
    // With a stride each way meets allocations of its own.
    for (uint64_t spared = count == 1 ? 0 : stride / 2;; spared += stride) {
      bool threw = false;
      failAllocations(spared, count);
      try {
        body();
      } catch (const std::bad_alloc&) {
        threw = true;
      }
      bool failed = stopFailing();
      INFO("allocation " << spared << " of " << allocationCount() << ", " << count << " fail");
      check(threw);
      if (!failed) {
        CHECK(!threw);
        break;
      }
    }
  }
}

}  // namespace featc::test
