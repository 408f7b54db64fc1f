// SPDX-License-Identifier: Apache-2.0
// Where a program spends its time: in generated code, in passes over flat arrays, elsewhere.
#pragma once

#include <functional>

namespace featc::bench {

// Parts of the time, together 1.
struct TimeShare {
  double generated = 0;  // code that no file has: featc made it
  double flat = 0;       // loops over flat lists, texts and arrays
  double functions = 0;  // SLEEF's elementary functions
  double other = 0;
};

// Interrupts `run`, which is called for about `seconds` of CPU time, at each tick of the kernel's clock, and looks
// where it is. Only on x86-64 Linux; else all is zero.
TimeShare timeShareOf(const std::function<void()>& run, double seconds);

}  // namespace featc::bench
