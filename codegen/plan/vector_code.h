// SPDX-License-Identifier: Apache-2.0
// What a loop over groups of eight rows computes: straight-line operations on vectors, between the
// graph and LLVM. Knows nothing of either; two loops that differ only in places and constants have
// the same instructions, which is how shapes are found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ops/inline.h"
#include "values/type.h"

namespace featc {

// Operands are positions of earlier instructions (kNoValue: none), unless said otherwise.
enum class VectorOp : uint8_t {
  // a: index of the constant's bits
  ConstInt,
  ConstFloat,
  ConstBool,
  // a: place
  LoadInt,
  LoadFloat,
  LoadBool,
  LoadValid,
  Add,
  Subtract,
  Multiply,
  And,
  Or,
  Xor,
  ShiftLeft,
  ShiftRight,  // immediate: count
  CompareInt,  // immediate: IntCompare
  AddFloat,
  SubtractFloat,
  MultiplyFloat,
  DivideFloat,
  Negate,
  Absolute,
  SquareRoot,
  Floor,
  Ceil,
  Truncate,
  CompareFloat,  // immediate: FloatCompare
  BitsOfFloat,
  FloatOfBits,
  IntToFloat,
  FloatToInt,
  BoolToInt,
  AddBool,  // a, plus one where b
  AndBool,
  OrBool,
  NotBool,
  SelectInt,
  SelectFloat,
  SelectBool,  // a ? b : c
  // a: place, b: value
  StoreInt,
  StoreFloat,
  StoreBool,
  StoreValid,
  EmitId,     // a: place, b: id
  EmitDense,  // a: place, b: float64, c: presence or kNoValue, d: float64 constant for what is missing
  CountLost,  // a: place of the output, b: rows that lose bits
};

inline constexpr uint32_t kNoValue = UINT32_MAX;

struct VectorInstruction {
  VectorOp op = VectorOp::ConstInt;
  uint8_t immediate = 0;
  uint16_t unused = 0;  // no padding: instructions are hashed as bytes
  uint32_t a = kNoValue;
  uint32_t b = kNoValue;
  uint32_t c = kNoValue;
  uint32_t d = kNoValue;
  bool operator==(const VectorInstruction&) const = default;
};
static_assert(sizeof(VectorInstruction) == 20);

// Where a place's memory is, which says how its address follows from the group of rows.
enum class PlaceKind : uint8_t {
  Call,    // slot: a column of the whole call
  Block,   // slot: a column of this block
  Spread,  // slot: a request's value as items see it
  Ids,     // output: one id a row
  Dense,   // output: one float32 a row
};

struct Place {
  PlaceKind kind = PlaceKind::Call;
  bool isBool = false;    // a slot's values are bits
  bool nullable = false;  // a slot has presence
  uint8_t unused = 0;
  bool isOutput() const { return kind == PlaceKind::Ids || kind == PlaceKind::Dense; }
  bool operator==(const Place&) const = default;
};

struct VectorCode {
  std::vector<VectorInstruction> instructions;
  std::vector<uint64_t> constants;  // bits
  std::vector<Place> places;
};

enum class VectorType : uint8_t { None, Int, Float, Bool };
VectorType resultType(VectorOp op);
// The instruction that loads or stores a bool, int64 or float64.
VectorOp loadOf(Type type);
VectorOp storeOf(Type type);
inline bool hasEffect(VectorOp op) { return op >= VectorOp::StoreInt; }

// Computes repeated operations once and drops what nothing uses. A constant that `varies` (by index)
// equals no other.
void simplify(VectorCode& code, const std::vector<bool>& varies);

// One line an instruction: `%4 = add %2, %3`.
std::string toText(const VectorCode& code, const std::vector<bool>& varies);

// Calls `f` with each operand of an instruction that is a value.
template <class Instruction, class F>
void forEachOperand(Instruction& i, F&& f) {
  switch (i.op) {
    case VectorOp::ConstInt:
    case VectorOp::ConstFloat:
    case VectorOp::ConstBool:
    case VectorOp::LoadInt:
    case VectorOp::LoadFloat:
    case VectorOp::LoadBool:
    case VectorOp::LoadValid: return;
    default: break;
  }
  if (!hasEffect(i.op) && i.a != kNoValue) f(i.a);
  if (i.b != kNoValue) f(i.b);
  if (i.c != kNoValue) f(i.c);
  if (i.d != kNoValue) f(i.d);
}

// Records inline code as VectorCode.
class VectorRecorder final : public Inline {
 public:
  explicit VectorRecorder(VectorCode& code) : code_(code) {}

  void setNode(const OpState* state, HashFamily family) {
    state_ = state;
    family_ = family;
  }
  uint32_t append(VectorOp op, uint32_t a = kNoValue, uint32_t b = kNoValue, uint32_t c = kNoValue,
                  uint32_t d = kNoValue, uint8_t immediate = 0) {
    code_.instructions.push_back({op, immediate, 0, a, b, c, d});
    return static_cast<uint32_t>(code_.instructions.size() - 1);
  }
  // Handles are positions plus one, so that none is null.
  static uint32_t position(V v) { return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(v.handle) - 1); }
  static V handle(uint32_t position) { return {reinterpret_cast<void*>(uintptr_t{position} + 1)}; }
  static uint32_t positionOrNone(V v) { return v ? position(v) : kNoValue; }

  V constInt(int64_t v) override;
  V constFloat(double v) override;
  V constBool(bool v) override;

  V add(V a, V b) override { return two(VectorOp::Add, a, b); }
  V sub(V a, V b) override { return two(VectorOp::Subtract, a, b); }
  V mul(V a, V b) override { return two(VectorOp::Multiply, a, b); }
  V bitAnd(V a, V b) override { return two(VectorOp::And, a, b); }
  V bitOr(V a, V b) override { return two(VectorOp::Or, a, b); }
  V bitXor(V a, V b) override { return two(VectorOp::Xor, a, b); }
  V shiftLeft(V a, unsigned count) override { return withImmediate(VectorOp::ShiftLeft, a, {}, count); }
  V shiftRightUnsigned(V a, unsigned count) override { return withImmediate(VectorOp::ShiftRight, a, {}, count); }
  V compare(IntCompare how, V a, V b) override {
    return withImmediate(VectorOp::CompareInt, a, b, static_cast<unsigned>(how));
  }

  V fadd(V a, V b) override { return two(VectorOp::AddFloat, a, b); }
  V fsub(V a, V b) override { return two(VectorOp::SubtractFloat, a, b); }
  V fmul(V a, V b) override { return two(VectorOp::MultiplyFloat, a, b); }
  V fdiv(V a, V b) override { return two(VectorOp::DivideFloat, a, b); }
  V fneg(V a) override { return one(VectorOp::Negate, a); }
  V fabs(V a) override { return one(VectorOp::Absolute, a); }
  V sqrt(V a) override { return one(VectorOp::SquareRoot, a); }
  V floor(V a) override { return one(VectorOp::Floor, a); }
  V ceil(V a) override { return one(VectorOp::Ceil, a); }
  V trunc(V a) override { return one(VectorOp::Truncate, a); }
  V compare(FloatCompare how, V a, V b) override {
    return withImmediate(VectorOp::CompareFloat, a, b, static_cast<unsigned>(how));
  }

  V bitsOfFloat(V a) override { return one(VectorOp::BitsOfFloat, a); }
  V floatOfBits(V a) override { return one(VectorOp::FloatOfBits, a); }
  V intToFloat(V a) override { return one(VectorOp::IntToFloat, a); }
  V floatToInt(V a) override { return one(VectorOp::FloatToInt, a); }
  V boolToInt(V a) override { return one(VectorOp::BoolToInt, a); }

  V logicalAnd(V a, V b) override { return two(VectorOp::AndBool, a, b); }
  V logicalOr(V a, V b) override { return two(VectorOp::OrBool, a, b); }
  V logicalNot(V a) override { return one(VectorOp::NotBool, a); }
  V select(V condition, V ifTrue, V ifFalse) override;

  const OpState* state() const override { return state_; }
  HashFamily hashFamily() const override { return family_; }

 private:
  V constant(VectorOp op, uint64_t bits);
  V one(VectorOp op, V a) { return handle(append(op, position(a))); }
  V two(VectorOp op, V a, V b) { return handle(append(op, position(a), position(b))); }
  V withImmediate(VectorOp op, V a, V b, unsigned immediate) {
    return handle(append(op, position(a), positionOrNone(b), kNoValue, kNoValue, static_cast<uint8_t>(immediate)));
  }

  VectorCode& code_;
  const OpState* state_ = nullptr;
  HashFamily family_ = HashFamily::Xxh3;
};

}  // namespace featc
