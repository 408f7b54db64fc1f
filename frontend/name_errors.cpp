// SPDX-License-Identifier: Apache-2.0
// Names that stand for nothing: what was meant.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/expr_checker.h"
#include "frontend/foreign_words.h"
#include "frontend/literal_values.h"
#include "ops/reference.h"

namespace featc {

void ExprChecker::reportUnknownName(ExprId id) {
  const Expr& e = ast_.expr(id);
  const std::string& name = ast_.text(e);
  if (names_.mayBeDeclared(name)) return;
  auto misused = [&](std::string message) -> Diagnostic& {
    return diagnostics_.report(DiagnosticKind::MisusedName, e.span, std::move(message));
  };
  const Operator* op = operators().find(name);
  const ForeignWord* foreign = foreignName(name);
  if (auto fn = names_.fn(name)) {
    misused(fmt::format("\"{}\" is a fn, call it: {}", name, describe(ast_.fns[*fn], texts_).signature))
        .note(ast_.fns[*fn].name.span, "declared here");
  } else if (auto source = names_.source(name)) {
    misused(fmt::format("\"{}\" is a source, read it with a key: {}", name, describe(ast_.sources[*source]).signature))
        .note(ast_.sources[*source].name.span, "declared here");
  } else if (auto output = names_.output(name)) {
    misused(fmt::format("\"{}\" is an output, and outputs cannot be used in expressions", name))
        .note(ast_.outputs[*output].name.span, "put its expression in a let and use that in both places");
  } else if (name == kElementName && !names_.isValue(name)) {
    misused("\"it\" is the element of a sequence group, and this is not in one")
        .note("a list is mapped over without it: lower(tags)");
  } else if (inWhere_ && names_.let(name, group_)) {
    misused(fmt::format("let \"{}\" is computed after \"where\", so \"where\" cannot use it", name))
        .note(ast_.lets[*names_.let(name, group_)].name.span, "declared here")
        .note("write its expression in the \"where\", or call a fn in both places");
  } else if (auto group = names_.groupWithLet(name)) {
    misused(fmt::format("let \"{}\" is declared in the sequence group \"{}\" and known only there", name,
                        ast_.groups[*group].name.text));
  } else if (name == "request" || name == "item") {
    misused(fmt::format("\"{0}\" is not a value by itself, name one of its fields: {0}.FIELD", name));
  } else if (isElementMember(name)) {
    std::string member = fmt::format("{}.{}", kElementName, written(name));
    diagnostics_
        .report(DiagnosticKind::UnknownName, e.span,
                fmt::format("\"{}\" is not a field, let or parameter; of the group's element it is {}", name, member))
        .replace(e.span, member);
  } else if (op != nullptr && !op->isInternal && op->symbol.empty() && !names_.nearestValue(name, fn_, letGroup())) {
    misused(fmt::format("\"{}\" is an operator, call it: {}", name, signature(*op, op->overloads[0])));
  } else if (meansMissing(name)) {
    // Where a missing value cannot stand anyway, more is said than how it is written.
    checked_.exprs[id].meaning = Meaning::Missing;
  } else if (foreign != nullptr && (!foreign->here.empty() || !names_.nearestValue(name, fn_, letGroup()))) {
    Diagnostic& d = diagnostics_.report(DiagnosticKind::UnknownName, e.span,
                                        fmt::format("\"{}\" is not a field, let or parameter; {}", name, foreign->say));
    if (!foreign->here.empty()) d.replace(e.span, std::string(foreign->here));
  } else if (std::string_view literal = foreignLiteral(name); !literal.empty()) {
    diagnostics_.report(DiagnosticKind::UnknownName, e.span, fmt::format("\"{}\" is written {}", name, literal))
        .replace(e.span, std::string(literal));
  } else {
    std::string message = fmt::format("\"{}\" is not a field, let or parameter", name);
    auto near = names_.nearestValue(name, fn_, letGroup());
    if (near) message += fmt::format("; did you mean \"{}\"?", *near);
    Diagnostic& d = diagnostics_.report(DiagnosticKind::UnknownName, e.span, std::move(message));
    if (near) d.replace(e.span, written(*near));
  }
}

// Whether `it.name` is something here.
bool ExprChecker::isElementMember(const std::string& name) const {
  if (group_ == kNoGroup) return false;
  uint32_t first = firstElement();
  for (uint32_t i = first; i < first + checked_.groups[group_].elementCount; ++i)
    if (checked_.elements[i].name == name) return true;
  return false;
}

bool ExprChecker::isKnownName(const std::string& name) const {
  return names_.isValue(name) || names_.let(name, group_) || (fn_ != nullptr && findParam(*fn_, name)) ||
         names_.mayBeDeclared(name);
}

// `user-id` and `ctr.day`, where a field has that name in backquotes and its first part is none.
bool ExprChecker::reportJoinedName(ExprId id) {
  const Expr& e = ast_.expr(id);
  ExprId first = ast_.child(e, 0);
  while (first != kNoExpr && (ast_.expr(first).kind == ExprKind::Binary || ast_.expr(first).kind == ExprKind::Field))
    first = ast_.child(ast_.expr(first), 0);
  if (first == kNoExpr || ast_.expr(first).kind != ExprKind::Name) return false;
  const std::string& owner = ast_.text(ast_.expr(first));
  constexpr size_t kLongest = 200;
  std::string text = e.span.end - e.span.begin <= kLongest ? texts_.of(e) : std::string();
  bool isOwned = owner == "request" || owner == "item" || owner == kElementName;
  if (text.empty() || isOwned || isKnownName(owner) || !names_.isValue(text)) return false;
  diagnostics_
      .report(
          DiagnosticKind::UnknownName, e.span,
          fmt::format("the name \"{}\" is in backquotes, which are for names with more than letters, digits and \"_\"",
                      text))
      .replace(e.span, written(text));
  return true;
}

// `row.price`, `df["price"]`: who has the field is said by its name alone.
bool ExprChecker::reportUnknownOwner(ExprId id) {
  const Expr& e = ast_.expr(id);
  ExprId owner = ast_.child(e, 0);
  if (owner == kNoExpr || ast_.expr(owner).kind != ExprKind::Name) return false;
  const std::string& name = ast_.text(ast_.expr(owner));
  bool isScope = name == "request" || name == "item";
  std::string field;
  if (e.kind == ExprKind::Field) {
    field = ast_.text(e);
  } else if (ExprId key = ast_.child(e, 1); key != kNoExpr && ast_.expr(key).kind == ExprKind::String) {
    field = ast_.text(ast_.expr(key));
  }
  bool isInGroup = group_ != kNoGroup && name == kElementName;
  if (field.empty() || (isScope && e.kind == ExprKind::Field) || isInGroup || isKnownName(name)) return false;
  if (names_.source(name) || names_.fn(name) || names_.output(name) || names_.groupWithLet(name)) return false;
  bool isModule = name == "math" || name == "np" || name == "numpy";
  if (isModule && e.kind == ExprKind::Field && field == kPi && !isKnownName(field)) {
    diagnostics_.report(DiagnosticKind::UnknownName, e.span, fmt::format("\"{}\" is written pi", texts_.of(e)))
        .replace(e.span, std::string(kPi));
    return true;
  }
  bool isField = isScope ? names_.field(name == "request" ? Scope::Request : Scope::Item, field).has_value()
                         : names_.isValue(field);
  // A mistyped owner that is near a known one is that one.
  if (!isField || (!isScope && foreignName(name) == nullptr && names_.nearestValue(name, fn_, letGroup())))
    return false;
  std::string meant = isScope ? fmt::format("{}.{}", name, written(field)) : written(field);
  diagnostics_
      .report(DiagnosticKind::UnknownName, ast_.expr(owner).span,
              isScope
                  ? fmt::format("a field of the {} is written after \".\"", name)
                  : fmt::format("\"{}\" is not a field, let or parameter; a field is written by its name alone", name))
      .replace(e.span, meant);
  return true;
}

}  // namespace featc
