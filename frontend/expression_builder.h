// SPDX-License-Identifier: Apache-2.0
// From the flat parse tree of an expression to its tree in the Ast: precedence and literals.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "frontend/statement_parser.h"

namespace featc {

class ExpressionBuilder {
 public:
  ExpressionBuilder(Ast& ast, const FrontendLimits& limits, Diagnostics& diagnostics)
      : ast_(ast), limits_(limits), diagnostics_(diagnostics) {}

  // Nothing after a mistake, which is reported.
  std::optional<ExprId> build(const TokenFile& file, grammar::FeatParser::ExpressionContext* tree);

 private:
  using Parser = grammar::FeatParser;

  // An expression in the making.
  struct Built {
    ExprId id = kNoExpr;
    Span outer;  // with parentheses
    uint32_t depth = 1;
  };
  struct Sign {
    BinaryOp op;
    Span span;
  };
  // Thrown after a report to leave the expression.
  struct Failed {};

  Built expression(Parser::ExpressionContext* tree);
  Built binaryChain(Parser::ExpressionContext* tree, size_t count);
  Built conditional(Parser::ExpressionContext* tree, size_t conditionCount);
  Built defaultChain(size_t firstOperand, size_t firstSign);
  Built operand(Parser::OperandContext* tree);
  Built primary(Parser::OperandContext* tree, size_t& at, bool negative);
  Built call(const Token& name, Parser::ArgumentsContext* tree);
  Built list(Parser::ListContext* tree);
  Built map(Parser::MapContext* tree);

  void reduce();
  void checkChain(const Sign& sign);
  void checkMinus(antlr4::tree::ParseTree* sign, antlr4::tree::ParseTree* operand);
  void checkMixed(Parser::ExpressionContext* tree, size_t count);
  void checkConditionalDefault(Parser::ExpressionContext* tree, size_t conditionCount);
  void checkCommas(const std::vector<antlr4::tree::ParseTree*>& children);

  Built add(Expr e, Span outer, std::span<const Built> children = {});
  uint32_t addText(std::string text);
  const Token& token(antlr4::tree::ParseTree* leaf) const;
  Span spanOf(antlr4::ParserRuleContext* tree) const;
  std::string excerpt(Span span) const;
  [[noreturn]] void fail(DiagnosticKind kind, Span span, std::string message);

  Ast& ast_;
  const FrontendLimits& limits_;
  Diagnostics& diagnostics_;
  const TokenFile* file_ = nullptr;
  // Stacks of the expressions being built; each uses what lies above where it started.
  std::vector<Built> operands_;
  std::vector<Sign> signs_;
};

}  // namespace featc
