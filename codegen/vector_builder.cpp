// SPDX-License-Identifier: Apache-2.0
// The Inline builder over LLVM.
#include "codegen/vector_builder.h"

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

Inline::V VectorBuilder::select(V condition, V ifTrue, V ifFalse) {
  if (!llvmValue(ifTrue)->getType()->isVectorTy()) {
    return bitXor(ifFalse, bitAnd(condition, bitXor(ifTrue, ifFalse)));
  }
  return wrap(b_.CreateSelect(lanes(condition), llvmValue(ifTrue), llvmValue(ifFalse)));
}

}  // namespace featc
