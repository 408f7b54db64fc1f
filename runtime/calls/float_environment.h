// SPDX-License-Identifier: Apache-2.0
// The float settings that a config's meaning assumes, whatever the calling thread had set.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#else
#include <cfenv>
#endif

namespace featc {

// Round to nearest and denormals kept while it lives; the caller's settings afterwards.
class FloatEnvironment {
 public:
  FloatEnvironment() : saved_(read()) { write(kWanted); }
  ~FloatEnvironment() { write(saved_); }
  FloatEnvironment(const FloatEnvironment&) = delete;
  FloatEnvironment& operator=(const FloatEnvironment&) = delete;

 private:
#if defined(__x86_64__)
  using Settings = uint32_t;
  // All exceptions masked, round to nearest, neither flush-to-zero nor denormals-are-zero.
  static constexpr Settings kWanted = 0x1F80;
  static Settings read() { return _mm_getcsr(); }
  static void write(Settings settings) { _mm_setcsr(settings); }
#elif defined(__aarch64__)
  using Settings = uint64_t;
  static constexpr Settings kWanted = 0;
  static Settings read() {
    Settings settings;
    asm volatile("mrs %0, fpcr" : "=r"(settings));
    return settings;
  }
  static void write(Settings settings) { asm volatile("msr fpcr, %0" : : "r"(settings) : "memory"); }
#else
  using Settings = int;
  static constexpr Settings kWanted = FE_TONEAREST;
  static Settings read() { return std::fegetround(); }
  static void write(Settings settings) { std::fesetround(settings); }
#endif
  Settings saved_;
};

}  // namespace featc
