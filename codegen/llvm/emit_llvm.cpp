// SPDX-License-Identifier: Apache-2.0
// From a plan to LLVM IR: a function for each loop, one entry that calls them in order.
#include "codegen/llvm/emit_llvm.h"

#include <fmt/format.h>

#include "codegen/llvm/emit_loop.h"
#include "codegen/plan/native_frame.h"

namespace featc {

namespace {

using llvm::Value;

llvm::Function* declareLoop(llvm::Module& module, const FrameTypes& types, uint32_t loop) {
  std::string name = fmt::format("featc_loop_{}", loop);
  if (llvm::Function* known = module.getFunction(name)) return known;
  auto* function = llvm::Function::Create(types.loop, llvm::Function::ExternalLinkage, name, module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr(llvm::Attribute::NoInline);
  // Eight int64 are one register where the CPU has one of that size, whatever LLVM would prefer.
  function->addFnAttr("prefer-vector-width", "512");
  function->addFnAttr("min-legal-vector-width", "512");
  return function;
}

// Calls the actions of every phase and scope in order.
void emitEntry(const Plan& plan, const FrameTypes& types, llvm::Module& module) {
  llvm::LLVMContext& context = module.getContext();
  auto* entry = llvm::Function::Create(types.entry, llvm::Function::ExternalLinkage, kNativeEntryName, module);
  entry->addFnAttr(llvm::Attribute::NoUnwind);
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "start", entry));
  Value* frame = entry->getArg(0);
  auto load = [&](FrameTypes::FrameMember which, llvm::Type* type) -> Value* {
    return b.CreateLoad(type, b.CreateStructGEP(types.frame, frame, which));
  };
  Value* rows = load(FrameTypes::kRows, types.i64);
  Value* groups = b.CreateUDiv(b.CreateAdd(rows, b.getInt64(kVectorRows - 1)), b.getInt64(kVectorRows));
  Value* kernel = load(FrameTypes::kKernel, types.ptr);
  Value* emit = load(FrameTypes::kEmit, types.ptr);
  Value* step = b.CreateAdd(b.CreateMul(entry->getArg(1), b.getInt32(2)), entry->getArg(2));
  auto* end = llvm::BasicBlock::Create(context, "end", entry);
  auto* choose = b.CreateSwitch(step, end);
  for (uint32_t phase = 0; phase < plan.actions.size(); ++phase) {
    for (uint32_t scope = 0; scope < 2; ++scope) {
      const auto& actions = plan.actions[phase][scope];
      if (actions.empty()) continue;
      auto* block = llvm::BasicBlock::Create(
          context, fmt::format("phase{}_{}", phase, scope == 0 ? "requests" : "items"), entry, end);
      choose->addCase(b.getInt32(2 * phase + scope), block);
      b.SetInsertPoint(block);
      for (const PlanAction& action : actions) {
        Value* index = b.getInt32(action.index);
        switch (action.kind) {
          case PlanAction::Kind::Loop: b.CreateCall(declareLoop(module, types, action.index), {frame, groups}); break;
          case PlanAction::Kind::Kernel: b.CreateCall(types.callback, kernel, {frame, index}); break;
          case PlanAction::Kind::Emit: b.CreateCall(types.callback, emit, {frame, index}); break;
        }
      }
      b.CreateBr(end);
    }
  }
  b.SetInsertPoint(end);
  b.CreateRetVoid();
}

}  // namespace

std::unique_ptr<llvm::Module> emitModule(const std::string& name, const Plan& plan, const ModuleParts& parts,
                                         bool maskRegisters, llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>(name, context);
  FrameTypes types(context);
  for (uint32_t loop : parts.loops)
    emitLoop(plan.loops[loop], types, maskRegisters, *declareLoop(*module, types, loop));
  if (parts.entry) emitEntry(plan, types, *module);
  return module;
}

}  // namespace featc
