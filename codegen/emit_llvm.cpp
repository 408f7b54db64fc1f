// SPDX-License-Identifier: Apache-2.0
// From a plan to LLVM IR: one loop over groups of rows for each part, one entry that calls them.
#include "codegen/emit_llvm.h"

#include <fmt/format.h>

#include <unordered_map>

#include "codegen/inline_cost.h"
#include "codegen/native_frame.h"
#include "codegen/vector_builder.h"
#include "runtime/emit.h"

namespace featc {

namespace {

using llvm::Value;

// Positions of NativeColumn's and NativeFrame's members, as LLVM struct types.
struct FrameTypes {
  explicit FrameTypes(llvm::LLVMContext& c)
      : ptr(llvm::PointerType::getUnqual(c)),
        i64(llvm::Type::getInt64Ty(c)),
        i32(llvm::Type::getInt32Ty(c)),
        column(llvm::StructType::get(c, {ptr, ptr, i64, i64})),
        frame(llvm::StructType::get(c, {ptr, ptr, ptr, ptr, ptr, i64})),
        callback(llvm::FunctionType::get(llvm::Type::getVoidTy(c), {ptr, i32}, false)),
        part(llvm::FunctionType::get(llvm::Type::getVoidTy(c), {ptr, i64}, false)),
        entry(llvm::FunctionType::get(llvm::Type::getVoidTy(c), {ptr, i32, i32}, false)) {}

  enum ColumnMember : unsigned { kData, kValid, kDataStride, kValidStride };
  enum FrameMember : unsigned { kColumns, kOutputs, kLostBits, kKernel, kEmit, kRows };

  llvm::PointerType* ptr;
  llvm::IntegerType* i64;
  llvm::IntegerType* i32;
  llvm::StructType* column;
  llvm::StructType* frame;
  llvm::FunctionType* callback;
  llvm::FunctionType* part;
  llvm::FunctionType* entry;
};
static_assert(sizeof(NativeColumn) == 32 && sizeof(NativeFrame) == 48);

// Emits one part's function.
class PartEmitter {
 public:
  PartEmitter(const Graph& graph, const Plan& plan, const VectorPart& part, const FrameTypes& types,
              ConstantEvaluator& constants, llvm::Function* function)
      : graph_(graph),
        plan_(plan),
        part_(part),
        types_(types),
        constants_(constants),
        function_(function),
        setup_(llvm::BasicBlock::Create(function->getContext(), "setup", function)),
        b_(llvm::BasicBlock::Create(function->getContext(), "rows", function)),
        vector_(b_) {}

  void emit() {
    llvm::BasicBlock* loop = b_.GetInsertBlock();
    frame_ = function_->getArg(0);
    groups_ = function_->getArg(1);
    group_ = b_.CreatePHI(types_.i64, 2, "group");
    group_->addIncoming(setup_.getInt64(0), setup_.GetInsertBlock());
    columns_ = setup_.CreateLoad(types_.ptr, member(FrameTypes::kColumns), "columns");

    for (NodeId id : part_.nodes) emitNode(id);
    for (uint32_t output : part_.outputs) emitOutput(output);

    Value* next = b_.CreateAdd(group_, b_.getInt64(1), "next");
    group_->addIncoming(next, loop);
    auto* done = llvm::BasicBlock::Create(function_->getContext(), "done", function_);
    b_.CreateCondBr(b_.CreateICmpULT(next, groups_), loop, done);
    setup_.CreateBr(loop);

    b_.SetInsertPoint(done);
    for (const LostCounter& counter : lostCounters_) {
      counter.phi->addIncoming(counter.next, loop);
      Value* total = b_.CreateAdd(b_.CreateLoad(types_.i64, counter.address), counter.next);
      b_.CreateStore(total, counter.address);
    }
    b_.CreateRetVoid();
  }

 private:
  struct SlotPointers {
    Value* data = nullptr;
    Value* valid = nullptr;
    Value* dataStride = nullptr;
    Value* validStride = nullptr;
  };
  struct LostCounter {
    llvm::PHINode* phi;
    Value* next;
    Value* address;
  };

  Value* member(FrameTypes::FrameMember which) { return setup_.CreateStructGEP(types_.frame, frame_, which); }
  llvm::Type* registerType(Type type) {
    return vector_.vectorOf(type.is(Kind::Int64) ? static_cast<llvm::Type*>(b_.getInt64Ty()) : b_.getDoubleTy());
  }

  SlotPointers& pointers(uint32_t slot) {
    SlotPointers& p = pointers_[slot];
    if (p.data != nullptr) return p;
    const Node& node = graph_.node(plan_.slots[slot].node);
    auto load = [&](FrameTypes::ColumnMember which, llvm::Type* type) -> Value* {
      Value* column = setup_.CreateConstInBoundsGEP1_64(types_.column, columns_, slot);
      return setup_.CreateLoad(type, setup_.CreateStructGEP(types_.column, column, which));
    };
    bool spread = plan_.slots[slot].spread;
    p.data = load(FrameTypes::kData, types_.ptr);
    int64_t size = node.type.is(Kind::Bool) ? 1 : int64_t{kVectorRows} * cellSize(node.type);
    p.dataStride = spread ? load(FrameTypes::kDataStride, types_.i64)
                          : static_cast<Value*>(b_.getInt64(static_cast<uint64_t>(size)));
    if (node.type.nullable()) {
      p.valid = load(FrameTypes::kValid, types_.ptr);
      p.validStride = spread ? load(FrameTypes::kValidStride, types_.i64) : static_cast<Value*>(b_.getInt64(1));
    }
    return p;
  }

  Value* at(Value* base, Value* stride) {
    return b_.CreateGEP(b_.getInt8Ty(), base, b_.CreateMul(group_, stride, "", true, true));
  }
  // A group's byte of a bitmap.
  InlineValue loadMask(Value* address) {
    return VectorBuilder::wrap(b_.CreateAlignedLoad(b_.getInt8Ty(), address, llvm::Align(1)));
  }
  void storeMask(Value* mask, Value* address) { b_.CreateAlignedStore(mask, address, llvm::Align(1)); }

  InlineTerm constantTerm(NodeId id) {
    const featc::Value& v = constants_.value(id);
    Type type = graph_.node(id).type;
    InlineTerm term;
    switch (type.kind()) {
      case Kind::Bool: term.value = vector_.constBool(v.isBool() && v.asBool()); break;
      case Kind::Int64: term.value = vector_.constInt(v.isInt() ? v.asInt() : 0); break;
      default: term.value = vector_.constFloat(v.isFloat() ? v.asFloat() : 0); break;
    }
    if (type.nullable()) term.valid = vector_.constBool(!v.isMissing());
    return term;
  }

  // The value of a node for the current group: in a register already, a constant, or loaded.
  InlineTerm termOf(NodeId id) {
    auto found = terms_.find(id);
    if (found != terms_.end()) return found->second;
    const Node& node = graph_.node(id);
    InlineTerm term;
    if (runScope(node) == Scope::Constant) {
      term = constantTerm(id);
    } else {
      SlotPointers& p = pointers(plan_.slotFor(graph_, id, part_.scope));
      Value* address = at(p.data, p.dataStride);
      if (node.type.is(Kind::Bool)) {
        term.value = loadMask(address);
      } else {
        term.value = VectorBuilder::wrap(b_.CreateAlignedLoad(registerType(node.type), address, llvm::Align(8)));
      }
      if (p.valid != nullptr) term.valid = loadMask(at(p.valid, p.validStride));
    }
    terms_[id] = term;
    return term;
  }

  void emitNode(NodeId id) {
    const Node& node = graph_.node(id);
    std::vector<InlineTerm> args;
    for (NodeId arg : valueArgs(graph_, id)) args.push_back(termOf(arg));
    Prepared prepared = prepareState(graph_, id, constants_);
    vector_.setNode(prepared.state.get(), graph_.info().hashFamily);
    InlineTerm term = lowerInline(vector_, graph_, id, args.data());
    if (!node.type.nullable()) {
      term.valid = {};
    } else if (!term.valid) {
      term.valid = vector_.constBool(true);
    }
    terms_[id] = term;
    if (plan_.slotOf[id] == kNoSlot) return;
    SlotPointers& p = pointers(plan_.slotOf[id]);
    Value* address = at(p.data, p.dataStride);
    Value* value = VectorBuilder::llvmValue(term.value);
    if (node.type.is(Kind::Bool))
      storeMask(value, address);
    else
      b_.CreateAlignedStore(value, address, llvm::Align(8));
    if (p.valid != nullptr) storeMask(VectorBuilder::llvmValue(term.valid), at(p.valid, p.validStride));
  }

  void emitOutput(uint32_t index) {
    const OutputInfo& output = graph_.info().outputs[index];
    InlineTerm term = termOf(graph_.outputs()[index]);
    Value* base = setup_.CreateLoad(
        types_.ptr, setup_.CreateConstInBoundsGEP1_64(
                        types_.ptr, setup_.CreateLoad(types_.ptr, member(FrameTypes::kOutputs)), index));
    if (output.kind == OutputKind::Dense) {
      auto* floats = vector_.vectorOf(b_.getFloatTy());
      Value* narrow = b_.CreateFPTrunc(VectorBuilder::llvmValue(term.value), floats);
      Value* size = b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, narrow);
      Value* good = b_.CreateFCmpOLT(size, llvm::ConstantFP::getInfinity(floats));
      if (term.valid) good = b_.CreateAnd(good, vector_.lanes(term.valid));
      auto fallback = static_cast<float>(output.defaultValue);
      Value* result = b_.CreateSelect(good, narrow, llvm::ConstantFP::get(floats, fallback));
      b_.CreateAlignedStore(result, at(base, b_.getInt64(kVectorRows * sizeof(float))), llvm::Align(4));
      return;
    }
    vector_.setNode(nullptr, graph_.info().hashFamily);
    InlineValue id = inlineSparseId(vector_, term, output);
    b_.CreateAlignedStore(VectorBuilder::llvmValue(id), at(base, b_.getInt64(kVectorRows * sizeof(uint64_t))),
                          llvm::Align(8));
    if (output.countLostBits) countLost(term, index);
  }

  // Adds the rows of this group whose payload does not fit 44 bits to the output's counter.
  void countLost(InlineTerm term, uint32_t index) {
    InlineValue high = vector_.shiftRightUnsigned(term.value, kPayloadBits);
    InlineValue lost = vector_.compare(IntCompare::NotEqual, high, vector_.constInt(0));
    if (term.valid) lost = vector_.logicalAnd(lost, term.valid);
    lost = vector_.logicalAnd(lost, VectorBuilder::wrap(rowsInBlock()));
    Value* bits = VectorBuilder::llvmValue(lost);
    Value* count = b_.CreateZExt(b_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, bits), types_.i64);
    llvm::IRBuilder<> top(function_->getContext());
    top.SetInsertPoint(group_);
    llvm::PHINode* phi = top.CreatePHI(types_.i64, 2);
    phi->addIncoming(setup_.getInt64(0), setup_.GetInsertBlock());
    Value* counters = setup_.CreateLoad(types_.ptr, member(FrameTypes::kLostBits));
    Value* address = setup_.CreateConstInBoundsGEP1_64(types_.i64, counters, index);
    lostCounters_.push_back({phi, b_.CreateAdd(phi, count), address});
  }

  // The rows of the current group as a byte; the last group may have some beyond the end.
  Value* rowsInBlock() {
    if (rowBits_ != nullptr) return rowBits_;
    Value* rows = setup_.CreateLoad(types_.i64, member(FrameTypes::kRows));
    std::vector<llvm::Constant*> numbers;
    for (uint32_t i = 0; i < kVectorRows; ++i) numbers.push_back(b_.getInt64(i));
    Value* first = b_.CreateVectorSplat(kVectorRows, b_.CreateMul(group_, b_.getInt64(kVectorRows)));
    Value* row = b_.CreateAdd(first, llvm::ConstantVector::get(numbers));
    rowBits_ =
        VectorBuilder::llvmValue(vector_.fromLanes(b_.CreateICmpULT(row, b_.CreateVectorSplat(kVectorRows, rows))));
    return rowBits_;
  }

  const Graph& graph_;
  const Plan& plan_;
  const VectorPart& part_;
  const FrameTypes& types_;
  ConstantEvaluator& constants_;
  llvm::Function* function_;
  llvm::IRBuilder<> setup_;  // before the loop: pointers
  llvm::IRBuilder<> b_;      // the loop's body, one basic block
  VectorBuilder vector_;
  Value* frame_ = nullptr;
  Value* groups_ = nullptr;
  Value* columns_ = nullptr;
  Value* rowBits_ = nullptr;
  llvm::PHINode* group_ = nullptr;
  std::unordered_map<uint32_t, SlotPointers> pointers_;
  std::unordered_map<NodeId, InlineTerm> terms_;
  std::vector<LostCounter> lostCounters_;
};

// Calls the actions of every phase and scope in order.
void emitEntry(const Plan& plan, const FrameTypes& types, llvm::Module& module,
               const std::vector<llvm::Function*>& parts) {
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
        switch (action.kind) {
          case PlanAction::Kind::Part: b.CreateCall(parts[action.index], {frame, groups}); break;
          case PlanAction::Kind::Kernel: b.CreateCall(types.callback, kernel, {frame, b.getInt32(action.index)}); break;
          case PlanAction::Kind::Emit: b.CreateCall(types.callback, emit, {frame, b.getInt32(action.index)}); break;
        }
      }
      b.CreateBr(end);
    }
  }
  b.SetInsertPoint(end);
  b.CreateRetVoid();
}

}  // namespace

std::unique_ptr<llvm::Module> emitModule(const Graph& graph, const Plan& plan, llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>(graph.info().model, context);
  FrameTypes types(context);
  ConstantEvaluator constants(graph);
  std::vector<llvm::Function*> parts;
  for (size_t i = 0; i < plan.parts.size(); ++i) {
    auto* function =
        llvm::Function::Create(types.part, llvm::Function::InternalLinkage, fmt::format("part_{}", i), *module);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    function->addFnAttr(llvm::Attribute::NoInline);
    // Eight int64 are one register where the CPU has one of that size, whatever LLVM would prefer.
    function->addFnAttr("prefer-vector-width", "512");
    function->addFnAttr("min-legal-vector-width", "512");
    PartEmitter(graph, plan, plan.parts[i], types, constants, function).emit();
    parts.push_back(function);
  }
  emitEntry(plan, types, *module, parts);
  return module;
}

}  // namespace featc
