// SPDX-License-Identifier: Apache-2.0
// From one loop's code to an LLVM function: ints and floats are vectors of eight rows, bools one byte
// with a bit a row, as they lie in bitmaps.
#include "codegen/llvm/emit_loop.h"

#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include <bit>
#include <map>

#include "codegen/plan/native_frame.h"
#include "runtime/result.h"

namespace featc {

namespace {

using llvm::Value;

static_assert(sizeof(NativeColumn) == 32 && sizeof(NativeFrame) == 56);

// Bytes of an entry of the table that NativeFrame::outputs points to.
constexpr uint64_t kPointerBytes = sizeof(char*);
static_assert(offsetof(OutputCounts, lostBits) == 0 && sizeof(OutputCounts) % kPointerBytes == 0);

llvm::CmpInst::Predicate predicate(IntCompare how) {
  switch (how) {
    case IntCompare::Equal: return llvm::CmpInst::ICMP_EQ;
    case IntCompare::NotEqual: return llvm::CmpInst::ICMP_NE;
    case IntCompare::Less: return llvm::CmpInst::ICMP_SLT;
    case IntCompare::LessEqual: return llvm::CmpInst::ICMP_SLE;
    case IntCompare::UnsignedLess: return llvm::CmpInst::ICMP_ULT;
    case IntCompare::UnsignedLessEqual: return llvm::CmpInst::ICMP_ULE;
  }
  return llvm::CmpInst::ICMP_EQ;
}
llvm::CmpInst::Predicate predicate(FloatCompare how) {
  switch (how) {
    case FloatCompare::Equal: return llvm::CmpInst::FCMP_OEQ;
    case FloatCompare::NotEqual: return llvm::CmpInst::FCMP_UNE;
    case FloatCompare::Less: return llvm::CmpInst::FCMP_OLT;
    case FloatCompare::LessEqual: return llvm::CmpInst::FCMP_OLE;
  }
  return llvm::CmpInst::FCMP_OEQ;
}

class LoopEmitter {
 public:
  LoopEmitter(const VectorLoop& loop, const FrameTypes& types, bool maskRegisters, llvm::Function& function)
      : loop_(loop),
        code_(loop.code),
        types_(types),
        maskRegisters_(maskRegisters),
        function_(function),
        setup_(llvm::BasicBlock::Create(function.getContext(), "setup", &function)),
        b_(function.getContext()),
        values_(code_.instructions.size()),
        places_(code_.places.size()) {}

  void emit() {
    frame_ = function_.getArg(0);
    groups_ = function_.getArg(1);
    columns_ = load(FrameTypes::kColumns, types_.ptr, "columns");
    outputs_ = load(FrameTypes::kOutputs, types_.ptr, "outputs");
    firstGroup_ = load(FrameTypes::kFirstGroup, types_.i64, "first");
    if (shared()) beginInstances();
    emitRows();
    if (shared())
      nextInstance();
    else
      b_.CreateRetVoid();
  }

 private:
  // A bool may be known as a byte, as eight i1, or both.
  struct Known {
    Value* value = nullptr;
    Value* lanes = nullptr;
  };
  struct Address {
    Value* data = nullptr;
    Value* valid = nullptr;
    Value* dataStride = nullptr;
    Value* validStride = nullptr;
    Value* entry = nullptr;  // shared loops: the place's offset in its table
  };
  // Counts, lane by lane, the rows of an output that lose bits.
  struct LostCounter {
    llvm::PHINode* phi;
    Value* next;
    Value* lost;  // of the current group
    uint32_t place;
  };

  // A loop for many instances reads columns and constants from a table.
  bool shared() const { return loop_.instances > 1; }
  uint32_t words() const {
    return static_cast<uint32_t>(code_.places.size() + loop_.constants.size() / loop_.instances);
  }

  Value* load(FrameTypes::FrameMember which, llvm::Type* type, const char* name) {
    return setup_.CreateLoad(type, setup_.CreateStructGEP(types_.frame, frame_, which), name);
  }
  llvm::FixedVectorType* vectorOf(llvm::Type* element) { return llvm::FixedVectorType::get(element, kVectorRows); }
  llvm::FixedVectorType* ints() { return vectorOf(b_.getInt64Ty()); }
  llvm::FixedVectorType* floats() { return vectorOf(b_.getDoubleTy()); }
  llvm::FixedVectorType* bits() { return vectorOf(b_.getInt1Ty()); }

  // -- Instances -----------------------------------------------------------------------------------

  // One row of 64-bit words an instance: a byte offset for each place, then the varying constants.
  llvm::GlobalVariable* table() {
    std::vector<uint64_t> cells;
    size_t places = code_.places.size();
    size_t constants = words() - places;
    for (uint32_t i = 0; i < loop_.instances; ++i) {
      for (size_t p = 0; p < places; ++p)
        cells.push_back(loop_.places[i * places + p] *
                        (code_.places[p].isOutput() ? kPointerBytes : sizeof(NativeColumn)));
      for (size_t c = 0; c < constants; ++c) cells.push_back(loop_.constants[i * constants + c]);
    }
    auto* data = llvm::ConstantDataArray::get(function_.getContext(), cells);
    return new llvm::GlobalVariable(*function_.getParent(), data->getType(), true, llvm::GlobalValue::PrivateLinkage,
                                    data, function_.getName() + "_table");
  }

  void beginInstances() {
    llvm::GlobalVariable* cells = table();
    llvm::BasicBlock* before = setup_.GetInsertBlock();
    auto* body = llvm::BasicBlock::Create(function_.getContext(), "instance", &function_);
    setup_.CreateBr(body);
    setup_.SetInsertPoint(body);
    row_ = setup_.CreatePHI(types_.ptr, 2, "row");
    row_->addIncoming(cells, before);
    end_ =
        llvm::ConstantExpr::getGetElementPtr(types_.i64, cells, setup_.getInt64(uint64_t{loop_.instances} * words()));
  }

  void nextInstance() {
    Value* next = b_.CreateConstInBoundsGEP1_64(types_.i64, row_, words(), "next_row");
    row_->addIncoming(next, b_.GetInsertBlock());
    auto* done = llvm::BasicBlock::Create(function_.getContext(), "done", &function_);
    b_.CreateCondBr(b_.CreateICmpEQ(next, end_), done, row_->getParent());
    b_.SetInsertPoint(done);
    b_.CreateRetVoid();
  }

  Value* word(uint32_t index, llvm::Type* type) {
    return setup_.CreateLoad(type, setup_.CreateConstInBoundsGEP1_64(types_.i64, row_, index));
  }

  // -- Rows ----------------------------------------------------------------------------------------

  void emitRows() {
    auto* rows = llvm::BasicBlock::Create(function_.getContext(), "rows", &function_);
    b_.SetInsertPoint(rows);
    group_ = b_.CreatePHI(types_.i64, 2, "group");
    for (uint32_t i = 0; i < code_.instructions.size(); ++i) emitInstruction(i);
    Value* next = b_.CreateAdd(group_, b_.getInt64(1), "next");
    group_->addIncoming(next, rows);
    auto* after = llvm::BasicBlock::Create(function_.getContext(), "after", &function_);
    b_.CreateCondBr(b_.CreateICmpULT(next, groups_), rows, after);
    llvm::BasicBlock* before = setup_.GetInsertBlock();
    group_->addIncoming(setup_.getInt64(0), before);
    for (const LostCounter& counter : lostCounters_)
      counter.phi->addIncoming(llvm::Constant::getNullValue(ints()), before);
    setup_.CreateBr(rows);

    b_.SetInsertPoint(after);
    for (const LostCounter& counter : lostCounters_) {
      counter.phi->addIncoming(counter.next, rows);
      addLost(counter);
    }
  }

  // A place's address for the current group.
  Address& address(uint32_t index) {
    Address& a = places_[index];
    const Place& place = code_.places[index];
    // What a shared loop reads from its table stays in registers for all rows of an instance; a loop
    // of its own has too many places for that and loads each pointer where it is used.
    llvm::IRBuilder<>& at = shared() ? setup_ : b_;
    if (a.data != nullptr) return a;
    if (shared()) a.entry = word(index, types_.i64);
    if (place.isOutput()) {
      Value* entry = shared() ? at.CreateGEP(at.getInt8Ty(), outputs_, a.entry)
                              : at.CreateConstInBoundsGEP1_64(types_.ptr, outputs_, loop_.places[index]);
      a.data = at.CreateLoad(types_.ptr, entry);
      return a;
    }
    Value* column = shared() ? at.CreateGEP(at.getInt8Ty(), columns_, a.entry)
                             : at.CreateConstInBoundsGEP1_64(types_.column, columns_, loop_.places[index]);
    auto member = [&](FrameTypes::ColumnMember which, llvm::Type* type) -> Value* {
      return at.CreateLoad(type, at.CreateStructGEP(types_.column, column, which));
    };
    a.data = member(FrameTypes::kData, types_.ptr);
    if (place.nullable) a.valid = member(FrameTypes::kValid, types_.ptr);
    if (place.kind == PlaceKind::Spread) {
      a.dataStride = member(FrameTypes::kDataStride, types_.i64);
      if (place.nullable) a.validStride = member(FrameTypes::kValidStride, types_.i64);
    }
    return a;
  }

  // `bytes` times the current group's number, in the block or in the call.
  Value* groupOffset(bool ofCall, uint64_t bytes) {
    Value*& known = offsets_[{ofCall, bytes}];
    if (known != nullptr) return known;
    Value* group = group_;
    if (ofCall) group = bytes == 1 ? b_.CreateAdd(group_, firstGroup_, "", true, true) : groupOffset(true, 1);
    known = bytes == 1 ? group : b_.CreateMul(group, b_.getInt64(bytes), "", true, true);
    return known;
  }

  Value* at(uint32_t index, Value* base, Value* stride, uint64_t bytes) {
    PlaceKind kind = code_.places[index].kind;
    Value* offset = kind == PlaceKind::Spread ? b_.CreateMul(group_, stride, "", true, true)
                                              : groupOffset(kind != PlaceKind::Block, bytes);
    return b_.CreateGEP(b_.getInt8Ty(), base, offset);
  }
  Value* dataAt(uint32_t index, uint64_t bytes) {
    Address& a = address(index);
    return at(index, a.data, a.dataStride, bytes);
  }
  Value* validAt(uint32_t index) {
    Address& a = address(index);
    return at(index, a.valid, a.validStride, 1);
  }

  Value* loadByte(Value* from) { return b_.CreateAlignedLoad(b_.getInt8Ty(), from, llvm::Align(1)); }
  Value* loadVector(uint32_t index, llvm::Type* type) {
    return b_.CreateAlignedLoad(type, dataAt(index, kVectorRows * sizeof(uint64_t)), llvm::Align(8));
  }

  // -- Values --------------------------------------------------------------------------------------

  Value* value(uint32_t i) {
    Known& known = values_[i];
    if (known.value == nullptr) known.value = b_.CreateBitCast(known.lanes, b_.getInt8Ty());
    return known.value;
  }

  // A bool as the vector of i1 that selects take. LLVM 19's instruction selection for AVX-512 loops
  // for ever when it sees how the masks of nested selects are related by logic
  // (tests/run/ops_logic.test). An empty piece of assembly hides that: it costs at most a move.
  Value* lanes(uint32_t i) {
    Known& known = values_[i];
    if (known.lanes != nullptr) return known.lanes;
    Value* byte = known.value;
    VectorOp op = code_.instructions[i].op;
    if (op == VectorOp::AndBool || op == VectorOp::OrBool || op == VectorOp::NotBool || op == VectorOp::SelectBool) {
      auto* same = llvm::FunctionType::get(b_.getInt8Ty(), {b_.getInt8Ty()}, false);
      byte = b_.CreateCall(llvm::InlineAsm::get(same, "", "=r,0", false), {byte});
    }
    return known.lanes = b_.CreateBitCast(byte, bits());
  }

  Value* varyingConstant(const VectorInstruction& i) {
    uint32_t at = static_cast<uint32_t>(code_.places.size());
    for (uint32_t c = 0; c < i.a; ++c) at += loop_.varies[c] ? 1 : 0;
    switch (i.op) {
      case VectorOp::ConstInt: return setup_.CreateVectorSplat(kVectorRows, word(at, types_.i64));
      case VectorOp::ConstFloat: return setup_.CreateVectorSplat(kVectorRows, word(at, b_.getDoubleTy()));
      default: return setup_.CreateNeg(setup_.CreateTrunc(word(at, types_.i64), b_.getInt8Ty()));
    }
  }

  Value* constant(const VectorInstruction& i) {
    if (loop_.varies[i.a]) return varyingConstant(i);
    uint64_t word = code_.constants[i.a];
    switch (i.op) {
      case VectorOp::ConstInt: return llvm::ConstantInt::get(ints(), word);
      case VectorOp::ConstFloat: return llvm::ConstantFP::get(floats(), std::bit_cast<double>(word));
      default: return b_.getInt8(word != 0 ? 0xFF : 0);
    }
  }

  Value* unary(llvm::Intrinsic::ID id, uint32_t a) { return b_.CreateUnaryIntrinsic(id, value(a)); }

  void emitInstruction(uint32_t at) {
    const VectorInstruction& i = code_.instructions[at];
    if (i.op == VectorOp::CompareInt) {
      values_[at].lanes = b_.CreateICmp(predicate(static_cast<IntCompare>(i.immediate)), value(i.a), value(i.b));
    } else if (i.op == VectorOp::CompareFloat) {
      values_[at].lanes = b_.CreateFCmp(predicate(static_cast<FloatCompare>(i.immediate)), value(i.a), value(i.b));
    } else if (hasEffect(i.op)) {
      emitEffect(i);
    } else {
      values_[at].value = compute(i);
    }
  }

  Value* compute(const VectorInstruction& i) {
    switch (i.op) {
      case VectorOp::ConstInt:
      case VectorOp::ConstFloat:
      case VectorOp::ConstBool: return constant(i);
      case VectorOp::LoadInt: return loadVector(i.a, ints());
      case VectorOp::LoadFloat: return loadVector(i.a, floats());
      case VectorOp::LoadBool: return loadByte(dataAt(i.a, 1));
      case VectorOp::LoadValid: return loadByte(validAt(i.a));
      case VectorOp::Add: return b_.CreateAdd(value(i.a), value(i.b));
      case VectorOp::Subtract: return b_.CreateSub(value(i.a), value(i.b));
      case VectorOp::Multiply: return b_.CreateMul(value(i.a), value(i.b));
      case VectorOp::And:
      case VectorOp::AndBool: return b_.CreateAnd(value(i.a), value(i.b));
      case VectorOp::Or:
      case VectorOp::OrBool: return b_.CreateOr(value(i.a), value(i.b));
      case VectorOp::Xor: return b_.CreateXor(value(i.a), value(i.b));
      case VectorOp::NotBool: return b_.CreateNot(value(i.a));
      case VectorOp::ShiftLeft: return b_.CreateShl(value(i.a), uint64_t{i.immediate});
      case VectorOp::ShiftRight: return b_.CreateLShr(value(i.a), uint64_t{i.immediate});
      case VectorOp::AddFloat: return b_.CreateFAdd(value(i.a), value(i.b));
      case VectorOp::SubtractFloat: return b_.CreateFSub(value(i.a), value(i.b));
      case VectorOp::MultiplyFloat: return b_.CreateFMul(value(i.a), value(i.b));
      case VectorOp::DivideFloat: return b_.CreateFDiv(value(i.a), value(i.b));
      case VectorOp::Negate: return b_.CreateFNeg(value(i.a));
      case VectorOp::Absolute: return unary(llvm::Intrinsic::fabs, i.a);
      case VectorOp::SquareRoot: return unary(llvm::Intrinsic::sqrt, i.a);
      case VectorOp::Floor: return unary(llvm::Intrinsic::floor, i.a);
      case VectorOp::Ceil: return unary(llvm::Intrinsic::ceil, i.a);
      case VectorOp::Truncate: return unary(llvm::Intrinsic::trunc, i.a);
      case VectorOp::BitsOfFloat: return b_.CreateBitCast(value(i.a), ints());
      case VectorOp::FloatOfBits: return b_.CreateBitCast(value(i.a), floats());
      case VectorOp::IntToFloat: return b_.CreateSIToFP(value(i.a), floats());
      case VectorOp::FloatToInt: return b_.CreateFPToSI(value(i.a), ints());
      case VectorOp::BoolToInt: return b_.CreateZExt(lanes(i.a), ints());
      case VectorOp::AddBool: return addOne(value(i.a), lanes(i.b));
      case VectorOp::SelectInt:
      case VectorOp::SelectFloat: return b_.CreateSelect(lanes(i.a), value(i.b), value(i.c));
      case VectorOp::SelectBool:
        return b_.CreateXor(value(i.c), b_.CreateAnd(value(i.a), b_.CreateXor(value(i.b), value(i.c))));
      default: return nullptr;  // compares and effects are emitted elsewhere
    }
  }

  // -- Effects -------------------------------------------------------------------------------------

  void emitEffect(const VectorInstruction& i) {
    switch (i.op) {
      case VectorOp::StoreBool: b_.CreateAlignedStore(value(i.b), dataAt(i.a, 1), llvm::Align(1)); break;
      case VectorOp::StoreValid: b_.CreateAlignedStore(value(i.b), validAt(i.a), llvm::Align(1)); break;
      case VectorOp::EmitDense: emitDense(i); break;
      case VectorOp::CountLost: countLost(i); break;
      default: b_.CreateAlignedStore(value(i.b), dataAt(i.a, kVectorRows * sizeof(uint64_t)), llvm::Align(8)); break;
    }
  }

  void emitDense(const VectorInstruction& i) {
    auto* type = vectorOf(b_.getFloatTy());
    Value* narrow = b_.CreateFPTrunc(value(i.b), type);
    Value* size = b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, narrow);
    Value* good = b_.CreateFCmpOLT(size, llvm::ConstantFP::getInfinity(type));
    if (i.c != kNoValue) good = b_.CreateAnd(good, lanes(i.c));
    Value* result = b_.CreateSelect(good, narrow, b_.CreateFPTrunc(value(i.d), type));
    b_.CreateAlignedStore(result, dataAt(i.a, kVectorRows * sizeof(float)), llvm::Align(4));
  }

  Value* addOne(Value* sum, Value* where) {
    if (maskRegisters_) return b_.CreateSelect(where, b_.CreateAdd(sum, llvm::ConstantInt::get(ints(), 1)), sum);
    return b_.CreateSub(sum, b_.CreateSExt(where, ints()));
  }

  void countLost(const VectorInstruction& i) {
    llvm::IRBuilder<> top(group_->getParent(), group_->getIterator());
    llvm::PHINode* phi = top.CreatePHI(ints(), 2);
    lostCounters_.push_back({phi, addOne(phi, lanes(i.b)), value(i.b), i.a});
  }

  // After the rows: hardly ever is there anything to add. The last group may have rows beyond the end.
  void addLost(const LostCounter& counter) {
    auto* add = llvm::BasicBlock::Create(function_.getContext(), "lost", &function_);
    auto* after = llvm::BasicBlock::Create(function_.getContext(), "counted", &function_);
    Value* any = b_.CreateOrReduce(counter.next);
    b_.CreateCondBr(b_.CreateICmpEQ(any, b_.getInt64(0)), after, add);
    b_.SetInsertPoint(add);
    Value* beyond = b_.CreateAnd(counter.lost, b_.CreateNot(rowsOfLastGroup()));
    Value* tooMany = b_.CreateZExt(b_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, beyond), types_.i64);
    Value* count = b_.CreateSub(b_.CreateAddReduce(counter.next), tooMany);
    Value* counts = b_.CreateLoad(types_.ptr, b_.CreateStructGEP(types_.frame, frame_, FrameTypes::kCounts));
    Value* offset = b_.getInt64(uint64_t{loop_.places[counter.place]} * sizeof(OutputCounts));
    if (shared())
      offset = b_.CreateMul(places_[counter.place].entry, b_.getInt64(sizeof(OutputCounts) / kPointerBytes));
    Value* address = b_.CreateGEP(b_.getInt8Ty(), counts, offset);
    b_.CreateStore(b_.CreateAdd(b_.CreateLoad(types_.i64, address), count), address);
    b_.CreateBr(after);
    b_.SetInsertPoint(after);
  }

  // The rows of the block's last group as a byte.
  Value* rowsOfLastGroup() {
    Value* rows = b_.CreateLoad(types_.i64, b_.CreateStructGEP(types_.frame, frame_, FrameTypes::kRows));
    Value* beyond = b_.CreateSub(b_.CreateMul(groups_, b_.getInt64(kVectorRows)), rows);
    return b_.CreateLShr(b_.getInt8(0xFF), b_.CreateTrunc(beyond, b_.getInt8Ty()));
  }

  const VectorLoop& loop_;
  const VectorCode& code_;
  const FrameTypes& types_;
  bool maskRegisters_;
  llvm::Function& function_;
  llvm::IRBuilder<> setup_;  // before the rows: once a call, or once an instance
  llvm::IRBuilder<> b_;      // the loop over rows, one basic block
  std::vector<Known> values_;
  std::vector<Address> places_;
  std::map<std::pair<bool, uint64_t>, Value*> offsets_;
  Value* frame_ = nullptr;
  Value* groups_ = nullptr;
  Value* columns_ = nullptr;
  Value* outputs_ = nullptr;
  Value* firstGroup_ = nullptr;
  llvm::PHINode* row_ = nullptr;  // of the table
  Value* end_ = nullptr;
  llvm::PHINode* group_ = nullptr;
  std::vector<LostCounter> lostCounters_;
};

}  // namespace

void emitLoop(const VectorLoop& loop, const FrameTypes& types, bool maskRegisters, llvm::Function& function) {
  LoopEmitter(loop, types, maskRegisters, function).emit();
}

}  // namespace featc
