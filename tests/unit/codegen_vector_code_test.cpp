// SPDX-License-Identifier: Apache-2.0
// Vector code: repeated operations, unused ones, constants that differ between instances.
#include "codegen/plan/vector_code.h"
#include "tests/common/catch.h"

using namespace featc;

namespace {

size_t count(const VectorCode& code, VectorOp op) {
  size_t n = 0;
  for (const VectorInstruction& i : code.instructions) n += i.op == op ? 1 : 0;
  return n;
}

// out = (in + 7) * (in + 7'), where the two sevens are constants of their own.
VectorCode squareOfSum() {
  VectorCode code;
  code.places = {{PlaceKind::Call}, {PlaceKind::Ids}};
  VectorRecorder r(code);
  Inline::V x = VectorRecorder::handle(r.append(VectorOp::LoadInt, 0));
  Inline::V again = VectorRecorder::handle(r.append(VectorOp::LoadInt, 0));
  Inline::V product = r.mul(r.add(x, r.constInt(7)), r.add(again, r.constInt(7)));
  r.sub(product, r.constInt(1));  // nobody uses this
  r.append(VectorOp::EmitId, 1, VectorRecorder::position(product));
  return code;
}

}  // namespace

TEST_CASE("equal operations are done once and unused ones not at all", "[codegen]") {
  VectorCode code = squareOfSum();
  simplify(code, {false, false, false});
  CHECK(count(code, VectorOp::LoadInt) == 1);
  CHECK(count(code, VectorOp::ConstInt) == 1);
  CHECK(count(code, VectorOp::Add) == 1);
  CHECK(count(code, VectorOp::Subtract) == 0);
  CHECK(toText(code, {false, false, false}) ==
        "  %0 = load.int call[0]\n  %1 = int 7\n  %2 = add %0, %1\n  %3 = mul %2, %2\n  emit.id ids[1], %3\n");
}

TEST_CASE("a constant that varies equals no other", "[codegen]") {
  VectorCode code = squareOfSum();
  std::vector<bool> varies{false, true, false};
  simplify(code, varies);
  CHECK(count(code, VectorOp::ConstInt) == 2);
  CHECK(count(code, VectorOp::Add) == 2);
  CHECK(toText(code, varies).find("int constant[0]") != std::string::npos);
}
