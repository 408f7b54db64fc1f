// SPDX-License-Identifier: Apache-2.0
// The operators of the language: their signs and the operator records behind them.
#include "frontend/ast.h"

#include <algorithm>
#include <array>

namespace featc {
namespace {

struct OperatorNames {
  std::string_view symbol;
  std::string_view record;
};

// In the order of BinaryOp.
constexpr std::array<OperatorNames, 14> kBinary = {{{"*", "multiply"},
                                                    {"/", "divide"},
                                                    {"%", "remainder"},
                                                    {"+", "add"},
                                                    {"-", "subtract"},
                                                    {"<", "less"},
                                                    {"<=", "less_equal"},
                                                    {">", "greater"},
                                                    {">=", "greater_equal"},
                                                    {"==", "equal"},
                                                    {"!=", "not_equal"},
                                                    {"&&", "and"},
                                                    {"||", "or"},
                                                    {"??", "default_to"}}};
static_assert(kBinary.size() == static_cast<size_t>(BinaryOp::Default) + 1);

}  // namespace

const DataFile* Ast::dataFileAt(Span name) const {
  auto found = std::ranges::find(dataFiles, name, &DataFile::name);
  return found == dataFiles.end() ? nullptr : &*found;
}

std::string_view symbolOf(BinaryOp op) { return kBinary[static_cast<size_t>(op)].symbol; }
std::string_view operatorName(BinaryOp op) { return kBinary[static_cast<size_t>(op)].record; }
std::string_view symbolOf(UnaryOp op) { return op == UnaryOp::Negate ? "-" : "!"; }
std::string_view operatorName(UnaryOp op) { return op == UnaryOp::Negate ? "negate" : "not"; }

}  // namespace featc
