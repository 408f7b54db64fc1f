// SPDX-License-Identifier: Apache-2.0
// The Inline builder over LLVM.
#include "codegen/vector_builder.h"

#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Instructions.h>

namespace featc {

Inline::V VectorBuilder::compare(IntCompare how, V a, V b) {
  auto predicate = llvm::CmpInst::ICMP_EQ;
  switch (how) {
    case IntCompare::Equal: predicate = llvm::CmpInst::ICMP_EQ; break;
    case IntCompare::NotEqual: predicate = llvm::CmpInst::ICMP_NE; break;
    case IntCompare::Less: predicate = llvm::CmpInst::ICMP_SLT; break;
    case IntCompare::LessEqual: predicate = llvm::CmpInst::ICMP_SLE; break;
    case IntCompare::UnsignedLess: predicate = llvm::CmpInst::ICMP_ULT; break;
    case IntCompare::UnsignedLessEqual: predicate = llvm::CmpInst::ICMP_ULE; break;
  }
  return fromLanes(b_.CreateICmp(predicate, llvmValue(a), llvmValue(b)));
}

Inline::V VectorBuilder::compare(FloatCompare how, V a, V b) {
  auto predicate = llvm::CmpInst::FCMP_OEQ;
  switch (how) {
    case FloatCompare::Equal: predicate = llvm::CmpInst::FCMP_OEQ; break;
    case FloatCompare::NotEqual: predicate = llvm::CmpInst::FCMP_UNE; break;
    case FloatCompare::Less: predicate = llvm::CmpInst::FCMP_OLT; break;
    case FloatCompare::LessEqual: predicate = llvm::CmpInst::FCMP_OLE; break;
  }
  return fromLanes(b_.CreateFCmp(predicate, llvmValue(a), llvmValue(b)));
}

// LLVM 19's instruction selection for AVX-512 loops for ever when it sees how the masks of nested
// selects are related by logic (tests/run/ops_logic.test). An empty piece of assembly hides that: it
// costs at most a move.
llvm::Value* VectorBuilder::lanes(V v) {
  llvm::Value* bits = llvmValue(v);
  llvm::Type* type = vectorOf(b_.getInt1Ty());
  if (auto* compared = llvm::dyn_cast<llvm::BitCastInst>(bits)) return compared->getOperand(0);
  if (llvm::isa<llvm::LoadInst, llvm::Constant>(bits)) return b_.CreateBitCast(bits, type);
  llvm::Value*& known = lanes_[bits];
  if (known == nullptr) {
    auto* same = llvm::FunctionType::get(b_.getInt8Ty(), {b_.getInt8Ty()}, false);
    auto* opaque = llvm::InlineAsm::get(same, "", "=r,0", false);
    known = b_.CreateBitCast(b_.CreateCall(opaque, {bits}), type);
  }
  return known;
}

Inline::V VectorBuilder::select(V condition, V ifTrue, V ifFalse) {
  if (!llvmValue(ifTrue)->getType()->isVectorTy()) {
    return bitXor(ifFalse, bitAnd(condition, bitXor(ifTrue, ifFalse)));
  }
  return wrap(b_.CreateSelect(lanes(condition), llvmValue(ifTrue), llvmValue(ifFalse)));
}

}  // namespace featc
