// SPDX-License-Identifier: Apache-2.0
// How an operator says what it computes in terms a code generator can emit, without knowing LLVM.
#pragma once

#include <cstdint>

#include "values/hash.h"

namespace featc {

struct OpState;

// A value under construction: of one row or of a vector of rows, inline code never knows which.
struct InlineValue {
  void* handle = nullptr;
  explicit operator bool() const { return handle != nullptr; }
};

// A value with its presence; no `valid` handle: always present. The bits of a missing value are
// unspecified, so inline code must not let them decide anything that can trap or be seen.
struct InlineTerm {
  InlineValue value;
  InlineValue valid;
};

enum class IntCompare { Equal, NotEqual, Less, LessEqual, UnsignedLess, UnsignedLessEqual };
// All but NotEqual are false when an operand is NaN, as in C++.
enum class FloatCompare { Equal, NotEqual, Less, LessEqual };

// Emits straight-line arithmetic on int64 ("int"), float64 ("float") and bool values.
class Inline {
 public:
  using V = InlineValue;
  virtual ~Inline() = default;

  virtual V constInt(int64_t v) = 0;
  virtual V constFloat(double v) = 0;
  virtual V constBool(bool v) = 0;

  // Two's complement, wrapping. Shift counts are constants below 64.
  virtual V add(V a, V b) = 0;
  virtual V sub(V a, V b) = 0;
  virtual V mul(V a, V b) = 0;
  virtual V bitAnd(V a, V b) = 0;
  virtual V bitOr(V a, V b) = 0;
  virtual V bitXor(V a, V b) = 0;
  virtual V shiftLeft(V a, unsigned count) = 0;
  virtual V shiftRightUnsigned(V a, unsigned count) = 0;
  virtual V compare(IntCompare how, V a, V b) = 0;

  // IEEE double, exactly as C++ without contraction.
  virtual V fadd(V a, V b) = 0;
  virtual V fsub(V a, V b) = 0;
  virtual V fmul(V a, V b) = 0;
  virtual V fdiv(V a, V b) = 0;
  virtual V fneg(V a) = 0;
  virtual V fabs(V a) = 0;
  virtual V sqrt(V a) = 0;
  virtual V floor(V a) = 0;
  virtual V ceil(V a) = 0;
  virtual V trunc(V a) = 0;
  virtual V compare(FloatCompare how, V a, V b) = 0;

  // The float's bits as an int and back.
  virtual V bitsOfFloat(V a) = 0;
  virtual V floatOfBits(V a) = 0;
  virtual V intToFloat(V a) = 0;
  // Cuts toward zero; `a` must be within int64 (select a harmless value first).
  virtual V floatToInt(V a) = 0;
  virtual V boolToInt(V a) = 0;

  virtual V logicalAnd(V a, V b) = 0;
  virtual V logicalOr(V a, V b) = 0;
  virtual V logicalNot(V a) = 0;
  // Of any type; both branches are computed.
  virtual V select(V condition, V ifTrue, V ifFalse) = 0;

  // What the operator's prepare made of this node's constant arguments, or null.
  virtual const OpState* state() const = 0;
  // The program's hash family.
  virtual HashFamily hashFamily() const = 0;

  V rotateLeft(V a, unsigned count) { return bitOr(shiftLeft(a, count), shiftRightUnsigned(a, 64 - count)); }
  V isFinite(V a);
  // Presence joined: a null handle is "always".
  V both(V a, V b) {
    if (!a) return b;
    if (!b) return a;
    return logicalAnd(a, b);
  }
};

// Of an operator whose function is strict: presence (and that of non-finite floats where the overload
// counts them as missing) is handled by the caller, who may pass any bits for rows that are missing.
// A null handle says "not inlinable here": call the kernel.
using InlineStrict = InlineValue (*)(Inline& b, const InlineValue* args);
// Of an operator that decides presence itself. A null value handle says "not inlinable here".
using InlineWithPresence = InlineTerm (*)(Inline& b, const InlineTerm* args);

}  // namespace featc
