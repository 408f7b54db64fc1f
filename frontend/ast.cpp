// SPDX-License-Identifier: Apache-2.0
// What expressions are written with, and the operators behind that.
#include "frontend/ast.h"

#include <algorithm>
#include <array>

#include "ops/operator.h"

namespace featc {
namespace {

// In the order of BinaryOp.
constexpr std::array<std::string_view, 14> kBinary = {
    "*", "/", "%", "+", "-", "<", "<=", ">", ">=", "==", "!=", "&&", "||", "??"};
static_assert(kBinary.size() == static_cast<size_t>(BinaryOp::Default) + 1);

}  // namespace

const DataFile* Ast::dataFileAt(Span name) const {
  auto found = std::ranges::find(dataFiles, name, &DataFile::name);
  return found == dataFiles.end() ? nullptr : &*found;
}

std::string_view symbolOf(BinaryOp op) { return kBinary[static_cast<size_t>(op)]; }
std::string_view symbolOf(UnaryOp op) { return op == UnaryOp::Negate ? "-" : "!"; }

const Operator& operatorOf(BinaryOp op) {
  static const std::array<const Operator*, kBinary.size()> records = [] {
    std::array<const Operator*, kBinary.size()> found{};
    for (size_t i = 0; i < kBinary.size(); ++i) found[i] = operators().findSymbol(kBinary[i], 2);
    return found;
  }();
  return *records[static_cast<size_t>(op)];
}

const Operator& operatorOf(UnaryOp op) {
  static const Operator& negate = *operators().findSymbol(symbolOf(UnaryOp::Negate), 1);
  static const Operator& invert = *operators().findSymbol(symbolOf(UnaryOp::Not), 1);
  return op == UnaryOp::Negate ? negate : invert;
}

const Operator& indexOperator() {
  static const Operator& op = *operators().findSymbol("[]", 2);
  return op;
}

const Operator& conditionalOperator() {
  static const Operator& op = *operators().findSymbol("?:", 3);
  return op;
}

const Operator& listOperator() {
  static const Operator& op = *operators().findSymbol("[...]", 1);
  return op;
}

const Operator& mapOperator() {
  static const Operator& op = *operators().findSymbol("{...}", 2);
  return op;
}

}  // namespace featc
