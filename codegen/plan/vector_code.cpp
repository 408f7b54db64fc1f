// SPDX-License-Identifier: Apache-2.0
// What a loop over groups of eight rows computes.
#include "codegen/plan/vector_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>

namespace featc {

namespace {

struct OpName {
  VectorOp op;
  const char* name;
  VectorType type;
};

constexpr std::array kOps{
    OpName{VectorOp::ConstInt, "int", VectorType::Int},
    OpName{VectorOp::ConstFloat, "float", VectorType::Float},
    OpName{VectorOp::ConstBool, "bool", VectorType::Bool},
    OpName{VectorOp::LoadInt, "load.int", VectorType::Int},
    OpName{VectorOp::LoadFloat, "load.float", VectorType::Float},
    OpName{VectorOp::LoadBool, "load.bool", VectorType::Bool},
    OpName{VectorOp::LoadValid, "load.valid", VectorType::Bool},
    OpName{VectorOp::Add, "add", VectorType::Int},
    OpName{VectorOp::Subtract, "sub", VectorType::Int},
    OpName{VectorOp::Multiply, "mul", VectorType::Int},
    OpName{VectorOp::And, "and", VectorType::Int},
    OpName{VectorOp::Or, "or", VectorType::Int},
    OpName{VectorOp::Xor, "xor", VectorType::Int},
    OpName{VectorOp::ShiftLeft, "shl", VectorType::Int},
    OpName{VectorOp::ShiftRight, "shr", VectorType::Int},
    OpName{VectorOp::CompareInt, "cmp.int", VectorType::Bool},
    OpName{VectorOp::AddFloat, "fadd", VectorType::Float},
    OpName{VectorOp::SubtractFloat, "fsub", VectorType::Float},
    OpName{VectorOp::MultiplyFloat, "fmul", VectorType::Float},
    OpName{VectorOp::DivideFloat, "fdiv", VectorType::Float},
    OpName{VectorOp::Negate, "fneg", VectorType::Float},
    OpName{VectorOp::Absolute, "fabs", VectorType::Float},
    OpName{VectorOp::SquareRoot, "sqrt", VectorType::Float},
    OpName{VectorOp::Floor, "floor", VectorType::Float},
    OpName{VectorOp::Ceil, "ceil", VectorType::Float},
    OpName{VectorOp::Truncate, "trunc", VectorType::Float},
    OpName{VectorOp::CompareFloat, "cmp.float", VectorType::Bool},
    OpName{VectorOp::BitsOfFloat, "bits", VectorType::Int},
    OpName{VectorOp::FloatOfBits, "float.of.bits", VectorType::Float},
    OpName{VectorOp::IntToFloat, "int.to.float", VectorType::Float},
    OpName{VectorOp::FloatToInt, "float.to.int", VectorType::Int},
    OpName{VectorOp::BoolToInt, "bool.to.int", VectorType::Int},
    OpName{VectorOp::AddBool, "add.bool", VectorType::Int},
    OpName{VectorOp::AndBool, "and.bool", VectorType::Bool},
    OpName{VectorOp::OrBool, "or.bool", VectorType::Bool},
    OpName{VectorOp::NotBool, "not.bool", VectorType::Bool},
    OpName{VectorOp::SelectInt, "select.int", VectorType::Int},
    OpName{VectorOp::SelectFloat, "select.float", VectorType::Float},
    OpName{VectorOp::SelectBool, "select.bool", VectorType::Bool},
    OpName{VectorOp::StoreInt, "store.int", VectorType::None},
    OpName{VectorOp::StoreFloat, "store.float", VectorType::None},
    OpName{VectorOp::StoreBool, "store.bool", VectorType::None},
    OpName{VectorOp::StoreValid, "store.valid", VectorType::None},
    OpName{VectorOp::EmitId, "emit.id", VectorType::None},
    OpName{VectorOp::EmitDense, "emit.dense", VectorType::None},
    OpName{VectorOp::CountLost, "count.lost", VectorType::None},
};

constexpr const OpName& infoOf(VectorOp op) { return kOps[static_cast<size_t>(op)]; }
constexpr bool inOrder() {
  for (size_t i = 0; i < kOps.size(); ++i)
    if (static_cast<size_t>(kOps[i].op) != i) return false;
  return kOps.size() == static_cast<size_t>(VectorOp::CountLost) + 1;
}
static_assert(inOrder());

bool isConstant(VectorOp op) { return op <= VectorOp::ConstBool; }
bool isLoad(VectorOp op) { return op >= VectorOp::LoadInt && op <= VectorOp::LoadValid; }

struct InstructionHash {
  size_t operator()(const VectorInstruction& i) const {
    return hashBytes(HashFamily::Xxh3, {reinterpret_cast<const char*>(&i), sizeof i});
  }
};

const char* nameOf(IntCompare how) {
  switch (how) {
    case IntCompare::Equal: return "eq";
    case IntCompare::NotEqual: return "ne";
    case IntCompare::Less: return "lt";
    case IntCompare::LessEqual: return "le";
    case IntCompare::UnsignedLess: return "ult";
    case IntCompare::UnsignedLessEqual: return "ule";
  }
  return "";
}
const char* nameOf(FloatCompare how) {
  switch (how) {
    case FloatCompare::Equal: return "eq";
    case FloatCompare::NotEqual: return "ne";
    case FloatCompare::Less: return "lt";
    case FloatCompare::LessEqual: return "le";
  }
  return "";
}

std::string placeText(const Place& place, uint32_t index) {
  switch (place.kind) {
    case PlaceKind::Call: return fmt::format("call[{}]", index);
    case PlaceKind::Block: return fmt::format("block[{}]", index);
    case PlaceKind::Spread: return fmt::format("request[{}]", index);
    case PlaceKind::Ids: return fmt::format("ids[{}]", index);
    case PlaceKind::Dense: return fmt::format("dense[{}]", index);
  }
  return {};
}

std::string constantText(VectorOp op, uint64_t bits) {
  switch (op) {
    case VectorOp::ConstInt: return fmt::format("{}", static_cast<int64_t>(bits));
    case VectorOp::ConstFloat: return fmt::format("{}", std::bit_cast<double>(bits));
    default: return bits != 0 ? "true" : "false";
  }
}

}  // namespace

VectorType resultType(VectorOp op) { return infoOf(op).type; }

VectorOp loadOf(Type type) {
  if (type.is(Kind::Bool)) return VectorOp::LoadBool;
  return type.is(Kind::Int64) ? VectorOp::LoadInt : VectorOp::LoadFloat;
}
VectorOp storeOf(Type type) {
  if (type.is(Kind::Bool)) return VectorOp::StoreBool;
  return type.is(Kind::Int64) ? VectorOp::StoreInt : VectorOp::StoreFloat;
}

Inline::V VectorRecorder::constant(VectorOp op, uint64_t bits) {
  code_.constants.push_back(bits);
  return handle(append(op, static_cast<uint32_t>(code_.constants.size() - 1)));
}
Inline::V VectorRecorder::constInt(int64_t v) { return constant(VectorOp::ConstInt, static_cast<uint64_t>(v)); }
Inline::V VectorRecorder::constFloat(double v) { return constant(VectorOp::ConstFloat, std::bit_cast<uint64_t>(v)); }
Inline::V VectorRecorder::constBool(bool v) { return constant(VectorOp::ConstBool, v ? 1 : 0); }

Inline::V VectorRecorder::select(V condition, V ifTrue, V ifFalse) {
  VectorOp op = VectorOp::SelectBool;
  switch (resultType(code_.instructions[position(ifTrue)].op)) {
    case VectorType::Int: op = VectorOp::SelectInt; break;
    case VectorType::Float: op = VectorOp::SelectFloat; break;
    default: break;
  }
  return handle(append(op, position(condition), position(ifTrue), position(ifFalse)));
}

void simplify(VectorCode& code, const std::vector<bool>& varies) {
  // Loads may be merged across stores: a loop never reads what it writes.
  std::vector<VectorInstruction>& in = code.instructions;
  std::vector<uint32_t> merged(in.size());
  std::unordered_map<VectorInstruction, uint32_t, InstructionHash> known;
  known.reserve(in.size());
  std::unordered_map<uint64_t, uint32_t> constants;  // bits to index, of those that do not vary
  for (uint32_t i = 0; i < in.size(); ++i) {
    merged[i] = i;
    if (isConstant(in[i].op)) {
      if (!varies[in[i].a]) in[i].a = constants.try_emplace(code.constants[in[i].a], in[i].a).first->second;
    } else {
      forEachOperand(in[i], [&](uint32_t& operand) { operand = merged[operand]; });
    }
    // Counting conditions is what bucketize does; CPUs need no number for each of them.
    if (in[i].op == VectorOp::Add && in[in[i].b].op == VectorOp::BoolToInt)
      in[i] = {.op = VectorOp::AddBool, .a = in[i].a, .b = in[in[i].b].a};
    if (!hasEffect(in[i].op)) merged[i] = known.try_emplace(in[i], i).first->second;
  }
  // Effects in their order, each behind what it needs, operands in theirs: whatever order inline code
  // evaluated its parts in.
  std::vector<VectorInstruction> out;
  std::vector<uint32_t> moved(in.size(), kNoValue);
  std::vector<uint32_t> pending;
  for (uint32_t effect = 0; effect < in.size(); ++effect) {
    if (!hasEffect(in[effect].op)) continue;
    pending.assign(1, effect);
    while (!pending.empty()) {
      uint32_t i = pending.back();
      size_t before = pending.size();
      if (moved[i] == kNoValue) {
        forEachOperand(in[i], [&](uint32_t operand) {
          if (moved[operand] == kNoValue) pending.push_back(operand);
        });
        std::reverse(pending.begin() + static_cast<ptrdiff_t>(before), pending.end());
      }
      if (pending.size() != before) continue;
      pending.pop_back();
      if (moved[i] != kNoValue) continue;
      forEachOperand(in[i], [&](uint32_t& operand) { operand = moved[operand]; });
      moved[i] = static_cast<uint32_t>(out.size());
      out.push_back(in[i]);
    }
  }
  in = std::move(out);
}

std::string toText(const VectorCode& code, const std::vector<bool>& varies) {
  std::string out;
  std::unordered_map<uint32_t, size_t> constants;  // numbered as they appear
  for (size_t at = 0; at < code.instructions.size(); ++at) {
    const VectorInstruction& i = code.instructions[at];
    const OpName& info = infoOf(i.op);
    out += "  ";
    if (info.type != VectorType::None) out += fmt::format("%{} = ", at);
    out += info.name;
    if (isConstant(i.op)) {
      out += varies[i.a] ? fmt::format(" constant[{}]", constants.try_emplace(i.a, constants.size()).first->second)
                         : " " + constantText(i.op, code.constants[i.a]);
    } else if (isLoad(i.op) || hasEffect(i.op)) {
      out += " " + placeText(code.places[i.a], i.a);
    }
    if (i.op == VectorOp::CompareInt) out += fmt::format(".{}", nameOf(static_cast<IntCompare>(i.immediate)));
    if (i.op == VectorOp::CompareFloat) out += fmt::format(".{}", nameOf(static_cast<FloatCompare>(i.immediate)));
    const char* separator = isLoad(i.op) || hasEffect(i.op) ? ", %" : " %";
    forEachOperand(i, [&](uint32_t operand) {
      out += fmt::format("{}{}", separator, operand);
      separator = ", %";
    });
    if (i.op == VectorOp::ShiftLeft || i.op == VectorOp::ShiftRight) out += fmt::format(", {}", i.immediate);
    out += '\n';
  }
  return out;
}

}  // namespace featc
