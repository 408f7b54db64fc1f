// SPDX-License-Identifier: Apache-2.0
// Calls of names that no function has: what they are called here, or how it is written.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/call_errors.h"
#include "frontend/foreign_arguments.h"
#include "frontend/foreign_words.h"
#include "frontend/phrase_makers.h"
#include "ops/call_pattern.h"
#include "ops/reference.h"
#include "ops/written.h"
#include "support/suggest.h"
#include "support/utf8.h"

namespace featc {

namespace {

// What a call with these arguments is written here, empty where they do not go with the sign.
std::string signCall(const Operator& op, const std::vector<std::string>& args) {
  std::string text = writtenWith(op, args).value_or("");
  return text.empty() || !isInfix(op) ? text : fmt::format("({})", text);
}

}  // namespace

void CallErrors::reportUnknownFunction(const Expr& e, const FnDecl* fn) const {
  const std::string& name = ast_.text(e);
  if (names_.mayBeDeclared(name)) return;
  const Operator* op = operators().find(name);
  if (op == nullptr) {  // `IF` of SQL, `AND` of Excel
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), lowered);
    const Operator* same = operators().find(lower);
    if (same != nullptr && !same->symbol.empty()) op = same;
  }
  if (op != nullptr && !op->isInternal) {
    Diagnostic& d = diagnostics_.report(DiagnosticKind::MisusedName, e.nameSpan,
                                        fmt::format("\"{}\" is not called, it is written {}", name, op->written));
    d.note(fmt::format("{}: {}", op->written, op->doc.substr(0, op->doc.find_last_not_of('.') + 1)));
    auto foreign = operators().findForeign(name);
    if (const SameLetters* letters = name == op->name ? nullptr : sameLetters(name))
      d.note(std::string(letters->note));
    else if (foreign.op == op && !foreign.difference.empty())
      d.note(fmt::format("{}: {}", op->name, foreign.difference));
    else
      replaceBySign(d, e, *op);
    return;
  }
  auto foreign = operators().findForeign(name);
  const ForeignWord* instead = foreignCall(name);
  // `dense mean = mean(l)`: what was called is meant, whatever else has its name.
  bool isForeign = foreign.op != nullptr || instead != nullptr;
  bool isParam = fn != nullptr && findParam(*fn, name);
  if (!isForeign && (isParam || names_.isValue(name))) {
    std::string_view what = isParam ? "parameter" : names_.let(name) ? "let" : "field";
    diagnostics_.report(DiagnosticKind::MisusedName, e.nameSpan,
                        fmt::format("\"{}\" is a {}, it cannot be called", name, what));
    return;
  }
  auto near = instead == nullptr ? names_.nearestFunction(name) : std::nullopt;
  if (auto output = names_.output(name); !isForeign && output && !(near && isSlip(name, *near))) {
    diagnostics_
        .report(DiagnosticKind::MisusedName, e.nameSpan,
                fmt::format("\"{}\" is an output, and outputs cannot be used in expressions", name))
        .note(ast_.outputs[*output].name.span, "the output is here");
    return;
  }
  if (foreign.op != nullptr) return reportForeignName(e, foreign);
  std::string message = fmt::format("\"{}\" is not an operator, fn or source", name);
  bool isOperator = near && name != *near && sameWord(name, *near) && operators().find(*near) != nullptr;
  const SameLetters* letters = isOperator ? sameLetters(name) : nullptr;
  if (near)
    message +=
        fmt::format("; did you mean \"{}\"{}?", *near,
                    letters != nullptr && !letters->other.empty() ? fmt::format(" or \"{}\"", letters->other) : "");
  Diagnostic& d = diagnostics_.report(DiagnosticKind::UnknownFunction, e.nameSpan, std::move(message));
  if (instead != nullptr) {
    d.note(std::string(instead->say));
    replaceCall(d, e, *instead);
  }
  if (auto longer = names_.longerOperators(name); !near && instead == nullptr && !longer.empty())
    d.note(fmt::format("there is: {}", fmt::join(longer, ", ")));
  // A name that another system has, and that is not known here, is near some operator's name by chance.
  bool isOwn = near && (names_.fn(*near) || names_.externFn(*near) || names_.source(*near));
  if (!near || !(isOwn || isSlip(name, *near))) return;
  const Operator* nearOp = isOwn ? nullptr : operatorCalled(*near);
  if (letters != nullptr) d.note(std::string(letters->note));
  if (nearOp == nullptr || acceptsArguments(e, *nearOp)) {
    if (letters == nullptr) d.replace(e.nameSpan, written(*near));
  } else if (auto meaning = surplusMeaning(*near, texts_.plainArguments(e))) {  // `ROUND(x, 2)`
    if (letters == nullptr) d.note(std::string(meaning->note));
    if (!meaning->instead.empty() && (letters == nullptr || meaning->isCertain))
      d.replace(e.span, fmt::format("({})", meaning->instead));
  }
}

// `pi()`, `col("price")`
void CallErrors::replaceCall(Diagnostic& d, const Expr& call, const ForeignWord& foreign) const {
  if (foreign.here.empty()) return;
  if (foreign.here != kNamedField) {
    if (call.childCount == 0) d.replace(call.span, std::string(foreign.here));
    return;
  }
  ExprId arg = call.childCount == 1 ? ast_.child(call, 0) : kNoExpr;
  if (arg != kNoExpr && ast_.expr(arg).kind == ExprKind::String && names_.isValue(ast_.text(ast_.expr(arg))))
    d.replace(call.span, written(ast_.text(ast_.expr(arg))));
}

void CallErrors::reportForeignName(const Expr& e, const Registry::Foreign& foreign) const {
  const Operator& op = *foreign.op;
  if (!foreign.call.empty()) return reportForeignCall(e, foreign.call);
  bool hasSign = !op.symbol.empty();
  std::string message = fmt::format("\"{}\" is not an operator, fn or source; ", ast_.text(e));
  if (hasSign)
    message += fmt::format("here it is written {}", op.written);
  else
    message += fmt::format("{} \"{}\"", foreign.difference.empty() ? "here it is" : "there is", op.name);
  Diagnostic& d = diagnostics_.report(DiagnosticKind::UnknownFunction, e.nameSpan, std::move(message));
  if (!foreign.difference.empty()) {
    d.note(fmt::format("{}: {}", op.name, foreign.difference));
  } else if (!hasSign) {
    if (acceptsArguments(e, op))
      d.replace(e.nameSpan, std::string(op.name));
    else
      noteSignatures(d, describe(op));
  } else {
    replaceBySign(d, e, op);
  }
}

// Of one list: what is several calls here.
void CallErrors::reportForeignCall(const Expr& e, std::string_view pattern) const {
  Diagnostic& d = diagnostics_.report(
      DiagnosticKind::UnknownFunction, e.nameSpan,
      fmt::format("\"{}\" is not an operator, fn or source; here it is written {}", ast_.text(e), shownCall(pattern)));
  ExprId list = e.childCount == 1 ? ast_.child(e, 0) : kNoExpr;
  if (list == kNoExpr || !typeOf(list).isList() || !typeOf(list).element().is(Kind::Bool)) return;
  auto text =
      fillCall(pattern, [&](uint32_t, std::optional<uint32_t>) { return std::optional(texts_.of(ast_.expr(list))); });
  if (text) d.replace(e.span, std::move(*text));
}

bool CallErrors::areAlike(const Expr& call) const {
  if (call.childCount == 0) return false;
  Type first = typeOf(ast_.child(call, 0));
  for (uint32_t i = 1; i < call.childCount; ++i) {
    Type type = typeOf(ast_.child(call, i));
    bool alike = type.isNone() || first.isNone() || type.same(first) || (type.isNumber() && first.isNumber());
    if (!alike) return false;
  }
  return true;
}

void CallErrors::replaceBySign(Diagnostic& d, const Expr& call, const Operator& op) const {
  std::vector<std::string> args;
  for (uint32_t i = 0; i < call.childCount; ++i) {
    ExprId arg = ast_.child(call, i);
    if (arg == kNoExpr || !ast_.argNames[call.firstArgName + i].name.empty()) return;
    args.push_back(texts_.operand(ast_.expr(arg)));
  }
  if (args.size() == op.params.size() && !describe(op).variadic) {
    if (!acceptsArguments(call, op)) return;
  } else if (!areAlike(call)) {
    return;
  }
  // `array([1, 2])`: what stands in it is that list already.
  bool isList = &op == &listOperator() && ast_.text(call) != op.name && args.size() == 1 &&
                ast_.expr(ast_.child(call, 0)).kind == ExprKind::List;
  if (std::string text = isList ? args[0] : signCall(op, args); !text.empty()) d.replace(call.span, std::move(text));
}

}  // namespace featc
