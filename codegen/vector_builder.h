// SPDX-License-Identifier: Apache-2.0
// The Inline builder over LLVM: ints and floats are vectors of kVectorRows rows, bools one byte with a
// bit a row, as they lie in bitmaps.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <unordered_map>

#include "codegen/plan.h"
#include "ops/inline.h"

namespace featc {

class VectorBuilder final : public Inline {
 public:
  explicit VectorBuilder(llvm::IRBuilder<>& builder) : b_(builder) {}

  void setNode(const OpState* state, HashFamily family) {
    state_ = state;
    family_ = family;
  }
  static llvm::Value* llvmValue(V v) { return static_cast<llvm::Value*>(v.handle); }
  static V wrap(llvm::Value* v) { return {v}; }

  llvm::FixedVectorType* vectorOf(llvm::Type* element) const {
    return llvm::FixedVectorType::get(element, kVectorRows);
  }

  V constInt(int64_t v) override {
    return wrap(llvm::ConstantInt::get(vectorOf(b_.getInt64Ty()), static_cast<uint64_t>(v)));
  }
  V constFloat(double v) override { return wrap(llvm::ConstantFP::get(vectorOf(b_.getDoubleTy()), v)); }
  V constBool(bool v) override { return wrap(b_.getInt8(v ? 0xFF : 0)); }
  // A bool as the vector of i1 that selects take, and back.
  llvm::Value* lanes(V v);
  V fromLanes(llvm::Value* lanes) { return wrap(b_.CreateBitCast(lanes, b_.getInt8Ty())); }

  V add(V a, V b) override { return wrap(b_.CreateAdd(llvmValue(a), llvmValue(b))); }
  V sub(V a, V b) override { return wrap(b_.CreateSub(llvmValue(a), llvmValue(b))); }
  V mul(V a, V b) override { return wrap(b_.CreateMul(llvmValue(a), llvmValue(b))); }
  V bitAnd(V a, V b) override { return wrap(b_.CreateAnd(llvmValue(a), llvmValue(b))); }
  V bitOr(V a, V b) override { return wrap(b_.CreateOr(llvmValue(a), llvmValue(b))); }
  V bitXor(V a, V b) override { return wrap(b_.CreateXor(llvmValue(a), llvmValue(b))); }
  V shiftLeft(V a, unsigned count) override { return wrap(b_.CreateShl(llvmValue(a), uint64_t{count})); }
  V shiftRightUnsigned(V a, unsigned count) override { return wrap(b_.CreateLShr(llvmValue(a), uint64_t{count})); }
  V compare(IntCompare how, V a, V b) override;

  V fadd(V a, V b) override { return wrap(b_.CreateFAdd(llvmValue(a), llvmValue(b))); }
  V fsub(V a, V b) override { return wrap(b_.CreateFSub(llvmValue(a), llvmValue(b))); }
  V fmul(V a, V b) override { return wrap(b_.CreateFMul(llvmValue(a), llvmValue(b))); }
  V fdiv(V a, V b) override { return wrap(b_.CreateFDiv(llvmValue(a), llvmValue(b))); }
  V fneg(V a) override { return wrap(b_.CreateFNeg(llvmValue(a))); }
  V fabs(V a) override { return intrinsic(llvm::Intrinsic::fabs, a); }
  V sqrt(V a) override { return intrinsic(llvm::Intrinsic::sqrt, a); }
  V floor(V a) override { return intrinsic(llvm::Intrinsic::floor, a); }
  V ceil(V a) override { return intrinsic(llvm::Intrinsic::ceil, a); }
  V trunc(V a) override { return intrinsic(llvm::Intrinsic::trunc, a); }
  V compare(FloatCompare how, V a, V b) override;

  V bitsOfFloat(V a) override { return wrap(b_.CreateBitCast(llvmValue(a), vectorOf(b_.getInt64Ty()))); }
  V floatOfBits(V a) override { return wrap(b_.CreateBitCast(llvmValue(a), vectorOf(b_.getDoubleTy()))); }
  V intToFloat(V a) override { return wrap(b_.CreateSIToFP(llvmValue(a), vectorOf(b_.getDoubleTy()))); }
  V floatToInt(V a) override { return wrap(b_.CreateFPToSI(llvmValue(a), vectorOf(b_.getInt64Ty()))); }
  V boolToInt(V a) override { return wrap(b_.CreateZExt(lanes(a), vectorOf(b_.getInt64Ty()))); }

  V logicalAnd(V a, V b) override { return bitAnd(a, b); }
  V logicalOr(V a, V b) override { return bitOr(a, b); }
  V logicalNot(V a) override { return wrap(b_.CreateNot(llvmValue(a))); }
  V select(V condition, V ifTrue, V ifFalse) override;

  const OpState* state() const override { return state_; }
  HashFamily hashFamily() const override { return family_; }

 private:
  V intrinsic(llvm::Intrinsic::ID id, V a) { return wrap(b_.CreateUnaryIntrinsic(id, llvmValue(a))); }

  llvm::IRBuilder<>& b_;
  std::unordered_map<llvm::Value*, llvm::Value*> lanes_;  // of results of logic
  const OpState* state_ = nullptr;
  HashFamily family_ = HashFamily::Xxh3;
};

}  // namespace featc
