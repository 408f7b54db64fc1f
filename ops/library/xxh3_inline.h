// SPDX-License-Identifier: Apache-2.0
// XXH3-64 (seed 0) of 8 bytes as straight-line arithmetic; the same bits as hashInt.
#pragma once

#include "ops/inline.h"

namespace featc {

// The path for inputs of 4 to 8 bytes: rotate the halves, mix with two words of the secret
// (bytes 8 .. 23 of XXH3's default one, xored), then the rrmxmx finalizer.
inline InlineValue inlineXxh3(Inline& b, InlineValue x) {
  constexpr int64_t kSecret = static_cast<int64_t>(0x1CAD21F72C81017CU ^ 0xDB979083E96DD4DEU);
  constexpr int64_t kMultiplier = static_cast<int64_t>(0x9FB21C651E98DF25U);
  constexpr int64_t kLength = 8;
  InlineValue h = b.bitXor(b.rotateLeft(x, 32), b.constInt(kSecret));
  h = b.bitXor(h, b.bitXor(b.rotateLeft(h, 49), b.rotateLeft(h, 24)));
  InlineValue multiplier = b.constInt(kMultiplier);
  h = b.mul(h, multiplier);
  h = b.bitXor(h, b.add(b.shiftRightUnsigned(h, 35), b.constInt(kLength)));
  h = b.mul(h, multiplier);
  return b.bitXor(h, b.shiftRightUnsigned(h, 28));
}

}  // namespace featc
