// SPDX-License-Identifier: Apache-2.0
// CPU features by name: x86 through the compiler's cpuid support, arm64 through what the kernel tells
// of the CPU.
#include "engine/aot/cpu_features.h"

#include <algorithm>
#include <iterator>

#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace featc {

namespace {

// clang-format off

// The compilers' names for x86 are LLVM's.
#define FEATC_X86_FEATURES(F)                                                                      \
  F("cmov") F("mmx") F("sse") F("sse2") F("sse3") F("ssse3") F("sse4.1") F("sse4.2") F("sse4a")     \
  F("popcnt") F("lzcnt") F("bmi") F("bmi2") F("movbe") F("f16c") F("fma") F("fma4") F("xop")        \
  F("avx") F("avx2") F("aes") F("pclmul") F("sha") F("gfni") F("vaes") F("vpclmulqdq") F("adx")     \
  F("avx512f") F("avx512vl") F("avx512bw") F("avx512dq") F("avx512cd") F("avx512ifma")              \
  F("avx512vbmi") F("avx512vbmi2") F("avx512vnni") F("avx512bitalg") F("avx512vpopcntdq")           \
  F("avx512bf16") F("avx512vp2intersect") F("avx512fp16") F("avxvnni")

// LLVM's name, which word of the auxiliary vector, the bit's name without its prefix. Features of the
// system (timing, pointer signing, speculation) are left out: what a model computes needs none.
#define FEATC_ARM64_FEATURES(F)                                                                    \
  F("fp-armv8", 1, FP) F("neon", 1, ASIMD) F("aes", 1, AES) F("sha2", 1, SHA2) F("sha3", 1, SHA3)   \
  F("sm4", 1, SM4) F("crc", 1, CRC32) F("lse", 1, ATOMICS) F("fullfp16", 1, ASIMDHP)                \
  F("rdm", 1, ASIMDRDM) F("jsconv", 1, JSCVT) F("complxnum", 1, FCMA) F("rcpc", 1, LRCPC)           \
  F("rcpc-immo", 1, ILRCPC) F("dotprod", 1, ASIMDDP) F("fp16fml", 1, ASIMDFHM)                      \
  F("flagm", 1, FLAGM) F("sve", 1, SVE) F("sve2", 2, SVE2) F("altnzcv", 2, FLAGM2)                  \
  F("fptoint", 2, FRINT) F("i8mm", 2, I8MM) F("bf16", 2, BF16)

// clang-format on

#define FEATC_NAME(name, ...) name,
constexpr std::string_view kX86[] = {FEATC_X86_FEATURES(FEATC_NAME)};
constexpr std::string_view kArm64[] = {FEATC_ARM64_FEATURES(FEATC_NAME)};
#undef FEATC_NAME

bool thisMachineHas(std::string_view feature) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#define FEATC_CHECK(name) \
  if (feature == name) return __builtin_cpu_supports(name) != 0;
  FEATC_X86_FEATURES(FEATC_CHECK)
#undef FEATC_CHECK
#elif defined(__aarch64__)
#define HWCAP_WORD_1(bit) (getauxval(AT_HWCAP) & HWCAP_##bit)
#define HWCAP_WORD_2(bit) (getauxval(AT_HWCAP2) & HWCAP2_##bit)
#define FEATC_CHECK(name, word, bit) \
  if (feature == name) return HWCAP_WORD_##word(bit) != 0;
  FEATC_ARM64_FEATURES(FEATC_CHECK)
#undef FEATC_CHECK
#undef HWCAP_WORD_1
#undef HWCAP_WORD_2
#endif
  return false;
}

}  // namespace

std::string_view thisArchitecture() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#else
  return "other";
#endif
}

bool isKnownCpuFeature(std::string_view architecture, std::string_view feature) {
  auto has = [&](const auto& names) {
    return std::find(std::begin(names), std::end(names), feature) != std::end(names);
  };
  return architecture == "x86_64" ? has(kX86) : architecture == "aarch64" && has(kArm64);
}

std::string missingCpuFeature(const std::vector<std::string>& features) {
  for (const std::string& feature : features)
    if (!thisMachineHas(feature)) return feature;
  return {};
}

}  // namespace featc
