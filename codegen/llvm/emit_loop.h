// SPDX-License-Identifier: Apache-2.0
// From one loop's code to an LLVM function. Private to code generation.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include "codegen/plan/plan.h"

namespace featc {

// NativeColumn and NativeFrame as LLVM types.
struct FrameTypes {
  explicit FrameTypes(llvm::LLVMContext& c)
      : ptr(llvm::PointerType::getUnqual(c)),
        i64(llvm::Type::getInt64Ty(c)),
        i32(llvm::Type::getInt32Ty(c)),
        column(llvm::StructType::get(c, {ptr, ptr, i64, i64})),
        frame(llvm::StructType::get(c, {ptr, ptr, ptr, ptr, ptr, i64, i64})),
        callback(llvm::FunctionType::get(llvm::Type::getVoidTy(c), {ptr, i32}, false)),
        loop(llvm::FunctionType::get(llvm::Type::getVoidTy(c), {ptr, i64}, false)),
        entry(llvm::FunctionType::get(llvm::Type::getVoidTy(c), {ptr, i32, i32}, false)) {}

  enum ColumnMember : unsigned { kData, kValid, kDataStride, kValidStride };
  enum FrameMember : unsigned { kColumns, kOutputs, kCounts, kKernel, kEmit, kRows, kFirstGroup };

  llvm::PointerType* ptr;
  llvm::IntegerType* i64;
  llvm::IntegerType* i32;
  llvm::StructType* column;
  llvm::StructType* frame;
  llvm::FunctionType* callback;
  llvm::FunctionType* loop;  // frame, number of groups (at least one)
  llvm::FunctionType* entry;
};

// Fills `function`, of type FrameTypes::loop. `maskRegisters`: the CPU has registers for masks, so that
// an operation on some rows only costs no more than on all.
void emitLoop(const VectorLoop& loop, const FrameTypes& types, bool maskRegisters, llvm::Function& function);

}  // namespace featc
