// SPDX-License-Identifier: Apache-2.0
// From the flat parse tree of an expression to its tree in the Ast: precedence and literals.
#include "frontend/expression_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "frontend/foreign_types.h"
#include "frontend/literals.h"
#include "frontend/tree.h"

namespace featc {
namespace {

using grammar::FeatParser;

// How tightly a binary operator binds; all chain to the left. `??` stands alone and chains to the right.
struct Precedence {
  size_t token;
  BinaryOp op;
  int binding;
};
constexpr int kEquality = 3;
constexpr int kOrder = 4;
constexpr std::array<Precedence, 14> kPrecedences = {{
    {FeatParser::STAR, BinaryOp::Multiply, 6},
    {FeatParser::SLASH, BinaryOp::Divide, 6},
    {FeatParser::PERCENT, BinaryOp::Remainder, 6},
    {FeatParser::PLUS, BinaryOp::Add, 5},
    {FeatParser::MINUS, BinaryOp::Subtract, 5},
    {FeatParser::LESS, BinaryOp::Less, kOrder},
    {FeatParser::LESS_EQUAL, BinaryOp::LessEqual, kOrder},
    {FeatParser::GREATER, BinaryOp::Greater, kOrder},
    {FeatParser::GREATER_EQUAL, BinaryOp::GreaterEqual, kOrder},
    {FeatParser::EQUAL, BinaryOp::Equal, kEquality},
    {FeatParser::NOT_EQUAL, BinaryOp::NotEqual, kEquality},
    {FeatParser::AND, BinaryOp::And, 2},
    {FeatParser::OR, BinaryOp::Or, 1},
    {FeatParser::DEFAULT, BinaryOp::Default, 0},
}};

BinaryOp binaryOp(size_t grammarToken) {
  return std::find_if(kPrecedences.begin(), kPrecedences.end(),
                      [grammarToken](const Precedence& p) { return p.token == grammarToken; })
      ->op;
}

// The table is in the order of BinaryOp.
int binding(BinaryOp op) { return kPrecedences[static_cast<size_t>(op)].binding; }
bool isComparison(BinaryOp op) { return binding(op) == kEquality || binding(op) == kOrder; }

// Children that belong to the binary chain: all, or all before `? a : b`.
size_t chainLength(FeatParser::ExpressionContext* tree) {
  size_t n = tree->children.size();
  return n >= 5 && leafType(tree->children[n - 4]) == FeatParser::QUESTION ? n - 4 : n;
}

// The first `??` of a binary chain, or nothing.
antlr4::tree::ParseTree* findDefault(FeatParser::ExpressionContext* tree) {
  size_t count = chainLength(tree);
  for (size_t i = 1; i < count; i += 2) {
    if (leafType(tree->children[i]) == FeatParser::DEFAULT) return tree->children[i];
  }
  return nullptr;
}

}  // namespace

std::optional<ExprId> ExpressionBuilder::build(const TokenFile& file, FeatParser::ExpressionContext* tree) {
  file_ = &file;
  operands_.clear();
  signs_.clear();
  try {
    return expression(tree).id;
  } catch (const Failed&) {
    return std::nullopt;
  }
}

ExpressionBuilder::Built ExpressionBuilder::expression(FeatParser::ExpressionContext* tree) {
  size_t count = chainLength(tree);
  if (count == tree->children.size()) return binaryChain(tree, count);
  return conditional(tree, count);
}

ExpressionBuilder::Built ExpressionBuilder::conditional(FeatParser::ExpressionContext* tree, size_t conditionCount) {
  checkConditionalDefault(tree, conditionCount);
  Built condition = binaryChain(tree, conditionCount);
  Built chosen = expression(static_cast<FeatParser::ExpressionContext*>(tree->children[conditionCount + 1]));
  Built other = expression(static_cast<FeatParser::ExpressionContext*>(tree->children[conditionCount + 3]));
  Expr e;
  e.kind = ExprKind::Conditional;
  return add(e, condition.outer.to(other.outer), std::array{condition, chosen, other});
}

ExpressionBuilder::Built ExpressionBuilder::binaryChain(FeatParser::ExpressionContext* tree, size_t count) {
  auto operandAt = [&](size_t i) { return operand(static_cast<FeatParser::OperandContext*>(tree->children[i])); };
  if (count == 1) return operandAt(0);
  checkMixed(tree, count);

  size_t firstOperand = operands_.size();
  size_t firstSign = signs_.size();
  operands_.push_back(operandAt(0));
  for (size_t i = 1; i < count; i += 2) {
    Sign sign{binaryOp(leafType(tree->children[i])), file_->span(token(tree->children[i]))};
    while (sign.op != BinaryOp::Default && signs_.size() > firstSign && binding(signs_.back().op) >= binding(sign.op)) {
      checkChain(sign);
      reduce();
    }
    signs_.push_back(sign);
    if (sign.op == BinaryOp::Subtract) checkMinus(tree->children[i], tree->children[i + 1]);
    operands_.push_back(operandAt(i + 1));
  }
  // What is left binds ever more tightly, or is a chain of `??`: both are built from the right.
  while (signs_.size() > firstSign) reduce();
  Built result = operands_.back();
  operands_.resize(firstOperand);
  return result;
}

// `a -- b`: what is a comment in SQL adds here.
void ExpressionBuilder::checkMinus(antlr4::tree::ParseTree* sign, antlr4::tree::ParseTree* operand) {
  auto* first = operand->children[0];
  if (leafType(first) != FeatParser::MINUS || token(first).begin != token(sign).end) return;
  Span both = file_->span(token(sign)).to(file_->span(token(first)));
  diagnostics_
      .report(DiagnosticKind::DoubleMinus, both,
              "\"--\" does not start a comment, it is two minus signs; a comment starts with \"#\"")
      .note("if both are intended, write a space between them: a - -b");
}

void ExpressionBuilder::reduce() {
  Sign sign = signs_.back();
  signs_.pop_back();
  Built right = operands_.back();
  operands_.pop_back();
  Built left = operands_.back();
  operands_.pop_back();
  Expr e;
  e.kind = ExprKind::Binary;
  e.op = static_cast<uint8_t>(sign.op);
  e.nameSpan = sign.span;
  operands_.push_back(add(e, left.outer.to(right.outer), std::array{left, right}));
}

// `a < b < c`: neither what mathematics nor what C says is meant for sure.
void ExpressionBuilder::checkChain(const Sign& sign) {
  const Sign& last = signs_.back();
  if (!isComparison(sign.op) || binding(last.op) != binding(sign.op)) return;
  Span middle = operands_.back().outer;
  Diagnostic& diagnostic = diagnostics_.report(
      DiagnosticKind::ComparisonChain, sign.span,
      fmt::format("comparisons do not chain: \"{}\" follows \"{}\"", symbolOf(sign.op), symbolOf(last.op)));
  diagnostic.note(last.span, "the first comparison");
  bool isType = !castMeant(file_->text().substr(middle.begin, middle.end - middle.begin)).empty();
  if (isType) {  // static_cast<int>(x)
    diagnostic.note("a conversion is written int(x), float(x), string(x) or bool(x)");
  } else if (middle.end - middle.begin <= 60) {
    diagnostic.replace({middle.file, middle.end, middle.end},
                       fmt::format(" && {}", file_->text().substr(middle.begin, middle.end - middle.begin)));
  }
  throw Failed{};
}

void ExpressionBuilder::checkMixed(FeatParser::ExpressionContext* tree, size_t count) {
  for (size_t i = 1; i + 2 < count; i += 2) {
    bool firstIsDefault = leafType(tree->children[i]) == FeatParser::DEFAULT;
    if (firstIsDefault == (leafType(tree->children[i + 2]) == FeatParser::DEFAULT)) continue;
    const Token& first = token(tree->children[i]);
    const Token& second = token(tree->children[i + 2]);
    auto text = [&](size_t child) {
      return excerpt(spanOf(static_cast<antlr4::ParserRuleContext*>(tree->children[child])));
    };
    std::string left = text(i - 1);
    std::string middle = text(i + 1);
    std::string right = text(i + 3);
    std::string_view a = file_->text(first);
    std::string_view b = file_->text(second);
    diagnostics_
        .report(DiagnosticKind::MixedDefault, file_->span(firstIsDefault ? first : second),
                fmt::format("\"??\" beside \"{}\" needs parentheses", firstIsDefault ? b : a))
        .note(fmt::format("either ({} {} {}) {} {}", left, a, middle, b, right))
        .note(fmt::format("or {} {} ({} {} {})", left, a, middle, b, right));
    throw Failed{};
  }
}

void ExpressionBuilder::checkConditionalDefault(FeatParser::ExpressionContext* tree, size_t conditionCount) {
  auto branch = [&](size_t i) { return static_cast<FeatParser::ExpressionContext*>(tree->children[i]); };
  auto* chosen = branch(conditionCount + 1);
  auto* other = branch(conditionCount + 3);
  auto* inCondition = findDefault(tree);
  auto* inChosen = chainLength(chosen) == chosen->children.size() ? findDefault(chosen) : nullptr;
  auto* inOther = chainLength(other) == other->children.size() ? findDefault(other) : nullptr;
  auto* sign = inCondition != nullptr ? inCondition : inChosen != nullptr ? inChosen : inOther;
  if (sign == nullptr) return;

  Span whole = spanOf(tree);
  Span before = {whole.file, whole.begin, token(tree->children[conditionCount]).begin};
  while (before.end > before.begin && file_->text()[before.end - 1] <= ' ') --before.end;
  std::string condition = excerpt(before);
  std::string first = excerpt(spanOf(chosen));
  std::string second = excerpt(spanOf(other));
  // The text before and after the `??`.
  auto split = [&](Span span) {
    const Token& t = token(sign);
    Span right = {span.file, t.end, span.end};
    while (right.begin < right.end && file_->text()[right.begin] <= ' ') ++right.begin;
    Span left = {span.file, span.begin, t.begin};
    while (left.end > left.begin && file_->text()[left.end - 1] <= ' ') --left.end;
    return std::pair{excerpt(left), excerpt(right)};
  };
  Diagnostic& diagnostic = diagnostics_.report(DiagnosticKind::MixedDefault, file_->span(token(sign)),
                                               "\"??\" beside \"? :\" needs parentheses");
  if (sign == inCondition) {
    auto [left, right] = split(before);
    diagnostic.note(fmt::format("either ({}) ? {} : {}", condition, first, second));
    diagnostic.note(fmt::format("or {} ?? ({} ? {} : {})", left, right, first, second));
  } else if (sign == inChosen) {
    diagnostic.note(fmt::format("write {} ? ({}) : {}", condition, first, second));
  } else {
    auto [left, right] = split(spanOf(other));
    diagnostic.note(fmt::format("either ({} ? {} : {}) ?? {}", condition, first, left, right));
    diagnostic.note(fmt::format("or {} ? {} : ({})", condition, first, second));
  }
  throw Failed{};
}

ExpressionBuilder::Built ExpressionBuilder::operand(FeatParser::OperandContext* tree) {
  size_t at = 0;
  while (leafType(tree->children[at]) == FeatParser::MINUS || leafType(tree->children[at]) == FeatParser::NOT) ++at;
  size_t signs = at;
  // A sign directly before an integer belongs to it, so that the smallest one can be written.
  bool negative = signs > 0 && at + 1 == tree->children.size() && leafType(tree->children[at]) == FeatParser::INTEGER &&
                  leafType(tree->children[at - 1]) == FeatParser::MINUS;
  Built result = primary(tree, at, negative);
  if (negative) --signs;

  for (; at < tree->children.size(); ++at) {
    Expr e;
    if (auto* index = as<FeatParser::IndexContext>(tree->children[at], FeatParser::RuleIndex)) {
      Built position = expression(static_cast<FeatParser::ExpressionContext*>(index->children[1]));
      e.kind = ExprKind::Index;
      result = add(e, result.outer.to(spanOf(index)), std::array{result, position});
    } else {
      const Token& name = token(tree->children[++at]);
      e.kind = ExprKind::Field;
      e.text = addText(std::string(nameOf(file_->text(), name)));
      e.nameSpan = file_->span(name);
      result = add(e, result.outer.to(e.nameSpan), std::array{result});
    }
  }
  while (signs > 0) {
    const Token& sign = token(tree->children[--signs]);
    Expr e;
    e.kind = ExprKind::Unary;
    e.op = static_cast<uint8_t>(sign.kind == TokenKind::Minus ? UnaryOp::Negate : UnaryOp::Not);
    e.nameSpan = file_->span(sign);
    result = add(e, e.nameSpan.to(result.outer), std::array{result});
  }
  return result;
}

ExpressionBuilder::Built ExpressionBuilder::primary(FeatParser::OperandContext* tree, size_t& at, bool negative) {
  auto* node = tree->children[at++];
  if (auto* literal = as<FeatParser::ListContext>(node, FeatParser::RuleList)) return list(literal);
  if (auto* literal = as<FeatParser::MapContext>(node, FeatParser::RuleMap)) return map(literal);

  const Token& t = token(node);
  Span span = file_->span(t);
  Expr e;
  auto value = [](auto decoded) {
    if (!decoded) throw Failed{};
    return std::move(*decoded);
  };
  switch (leafType(node)) {
    case FeatParser::LEFT_PAREN: {
      Built inner = expression(static_cast<FeatParser::ExpressionContext*>(tree->children[at]));
      inner.outer = span.to(file_->span(token(tree->children[at + 1])));
      ast_.exprs[inner.id].parenthesized = true;
      at += 2;
      return inner;
    }
    case FeatParser::INTEGER:
      if (negative) span = file_->span(token(tree->children[at - 2])).to(span);
      e.kind = ExprKind::Int;
      e.intValue = value(decodeInteger(file_->text(t), negative, span, diagnostics_));
      break;
    case FeatParser::FLOAT:
      e.kind = ExprKind::Float;
      e.floatValue = value(decodeFloat(file_->text(t), span, diagnostics_));
      break;
    case FeatParser::STRING:
      e.kind = ExprKind::String;
      e.text = addText(value(decodeString(file_->text(t), span, diagnostics_)));
      break;
    case FeatParser::TRUE:
    case FeatParser::FALSE:
      e.kind = ExprKind::Bool;
      e.intValue = t.kind == TokenKind::True ? 1 : 0;
      break;
    default:
      if (at < tree->children.size()) {
        if (auto* arguments = as<FeatParser::ArgumentsContext>(tree->children[at], FeatParser::RuleArguments)) {
          ++at;
          return call(t, arguments);
        }
      }
      e.kind = ExprKind::Name;
      e.text = addText(std::string(nameOf(file_->text(), t)));
      e.nameSpan = span;
  }
  return add(e, span);
}

ExpressionBuilder::Built ExpressionBuilder::call(const Token& name, FeatParser::ArgumentsContext* tree) {
  checkCommas(tree->children);
  std::vector<Built> values;
  std::vector<ArgName> names;
  for (auto* child : tree->children) {
    auto* argument = as<FeatParser::ArgumentContext>(child, FeatParser::RuleArgument);
    if (argument == nullptr) continue;
    ArgName argName;
    if (argument->children.size() == 3) {
      auto* left = static_cast<FeatParser::ExpressionContext*>(argument->children[0]);
      auto* leaf = left->children.size() == 1 ? static_cast<FeatParser::OperandContext*>(left->children[0]) : nullptr;
      if (leaf == nullptr || leaf->children.size() != 1 || leafType(leaf->children[0]) != FeatParser::NAME) {
        Span sign = file_->span(token(argument->children[1]));
        diagnostics_
            .report(DiagnosticKind::Syntax, sign,
                    "\"=\" is written after an argument's name; to compare two values, write \"==\"")
            .replace(sign, "==");
        throw Failed{};
      }
      const Token& t = token(leaf->children[0]);
      argName = {std::string(nameOf(file_->text(), t)), file_->span(t)};
    }
    names.push_back(std::move(argName));
    values.push_back(expression(static_cast<FeatParser::ExpressionContext*>(argument->children.back())));
  }
  Expr e;
  e.kind = ExprKind::Call;
  e.text = addText(std::string(nameOf(file_->text(), name)));
  e.nameSpan = file_->span(name);
  e.firstArgName = static_cast<uint32_t>(ast_.argNames.size());
  std::move(names.begin(), names.end(), std::back_inserter(ast_.argNames));
  return add(e, e.nameSpan.to(spanOf(tree)), values);
}

ExpressionBuilder::Built ExpressionBuilder::list(FeatParser::ListContext* tree) {
  checkCommas(tree->children);
  std::vector<Built> elements;
  for (auto* child : tree->children) {
    if (auto* element = as<FeatParser::ExpressionContext>(child, FeatParser::RuleExpression))
      elements.push_back(expression(element));
  }
  Expr e;
  e.kind = ExprKind::List;
  return add(e, spanOf(tree), elements);
}

ExpressionBuilder::Built ExpressionBuilder::map(FeatParser::MapContext* tree) {
  checkCommas(tree->children);
  std::vector<Built> elements;
  for (auto* child : tree->children) {
    auto* entry = as<FeatParser::EntryContext>(child, FeatParser::RuleEntry);
    if (entry == nullptr) continue;
    elements.push_back(expression(static_cast<FeatParser::ExpressionContext*>(entry->children[0])));
    elements.push_back(expression(static_cast<FeatParser::ExpressionContext*>(entry->children[2])));
  }
  Expr e;
  e.kind = ExprKind::Map;
  return add(e, spanOf(tree), elements);
}

// A comma may stand after the last element, but not twice.
void ExpressionBuilder::checkCommas(const std::vector<antlr4::tree::ParseTree*>& children) {
  for (size_t i = 1; i < children.size(); ++i) {
    if (leafType(children[i]) != FeatParser::COMMA || leafType(children[i - 1]) != FeatParser::COMMA) continue;
    fail(DiagnosticKind::Syntax, file_->span(token(children[i])), "expected an expression between the commas");
  }
}

ExpressionBuilder::Built ExpressionBuilder::add(Expr e, Span outer, std::span<const Built> children) {
  uint32_t depth = 0;
  for (const Built& child : children) depth = std::max(depth, child.depth);
  if (++depth > limits_.expressionDepth) {
    diagnostics_
        .report(DiagnosticKind::TooDeep, e.nameSpan.end > 0 ? e.nameSpan : outer,
                fmt::format("this expression is too long: more than {} steps depend on one another",
                            limits_.expressionDepth))
        .note("give parts of it names of their own with \"let\"");
    throw Failed{};
  }
  e.span = outer;
  e.firstChild = static_cast<uint32_t>(ast_.children.size());
  e.childCount = static_cast<uint32_t>(children.size());
  for (const Built& child : children) ast_.children.push_back(child.id);
  ast_.exprs.push_back(e);
  return {static_cast<ExprId>(ast_.exprs.size() - 1), outer, depth};
}

uint32_t ExpressionBuilder::addText(std::string text) {
  ast_.texts.push_back(std::move(text));
  return static_cast<uint32_t>(ast_.texts.size() - 1);
}

const Token& ExpressionBuilder::token(antlr4::tree::ParseTree* leaf) const {
  return file_->tokens[tokenIndex(static_cast<antlr4::tree::TerminalNode*>(leaf)->getSymbol())];
}

Span ExpressionBuilder::spanOf(antlr4::ParserRuleContext* tree) const {
  return file_->span(file_->tokens[tokenIndex(tree->getStart())])
      .to(file_->span(file_->tokens[tokenIndex(tree->getStop())]));
}

// A part of the source as a message shows it: on one line, not too long.
std::string ExpressionBuilder::excerpt(Span span) const {
  constexpr size_t kLongest = 40;
  std::string_view text = file_->text().substr(span.begin, span.end - span.begin);
  if (text.size() > kLongest || text.find_first_of("\n#") != std::string_view::npos) return "...";
  return std::string(text);
}

void ExpressionBuilder::fail(DiagnosticKind kind, Span span, std::string message) {
  diagnostics_.report(kind, span, std::move(message));
  throw Failed{};
}

}  // namespace featc
