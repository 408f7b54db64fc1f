// SPDX-License-Identifier: Apache-2.0
// Hands an operator its constant arguments while compiling, so that bad ones are diagnostics.
#include "frontend/prepare.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/foreign_arguments.h"

namespace featc {

namespace {

// An int64 where a float64 is wanted, also as a list's elements.
Value convertTo(Type type, Value value) {
  if (type.is(Kind::Float64) && value.isInt()) return Value::of(static_cast<double>(value.asInt()));
  if (!type.isList() || !type.element().is(Kind::Float64) || !value.isList()) return value;
  Value::Elements elements;
  elements.reserve(value.asList().size());
  for (const Value& e : value.asList()) elements.push_back(convertTo(type.element(), e));
  return Value::list(std::move(elements));
}

}  // namespace

bool prepareConstants(const Operator& op, const Resolution& resolution, std::span<const Type> types,
                      std::span<const NodeId> args, std::span<const Span> places, const Ast& ast, const Graph& graph,
                      ConstantEvaluator& evaluator, Diagnostics& diagnostics) {
  const Overload& overload = op.overloads[resolution.overload];
  std::vector<Value> values;
  std::vector<Type> valueTypes;
  auto bad = [&](size_t arg, std::string message) -> Diagnostic& {
    return diagnostics.report(DiagnosticKind::BadConstant, arg < places.size() ? places[arg] : places.back(),
                              std::move(message));
  };
  for (size_t i = 0; i < op.params.size(); ++i) {
    if (!op.params[i].isConstant) continue;
    Type wanted = i < overload.params.size() ? overload.params[i] : Type();
    bool leftOut = i >= args.size() || args[i] == kNoNode;
    Type type = leftOut ? wanted.withNullable() : types[i];
    if (leftOut) {
      values.push_back(Value::missing());
    } else {
      bool isLiteral = graph.isConstant(args[i]);
      if (!isLiteral && evaluator.failed(args[i])) {
        diagnostics.report(DiagnosticKind::ConstantTooLarge, i < places.size() ? places[i] : places.back(),
                           "this is too large, or takes too long, to be computed while the config is compiled");
        return false;
      }
      Value value = isLiteral ? graph.constant(args[i]) : evaluator.value(args[i]);
      if (value.isMissing()) {
        bad(i, fmt::format("\"{}\" of \"{}\" is missing", op.params[i].name, op.name));
        return false;
      }
      values.push_back(convertTo(type, std::move(value)));
    }
    valueTypes.push_back(type);
  }
  if (op.prepare == nullptr) return true;
  Prepared prepared = op.prepare(values, valueTypes);
  if (!prepared.error) return true;
  const PrepareError& error = *prepared.error;
  const DataFile* file = error.place && error.param < places.size() ? ast.dataFileAt(places[error.param]) : nullptr;
  if (file == nullptr) {
    Diagnostic& d = bad(error.param, error.message);
    // A string that is written in the call.
    bool isWritten =
        std::ranges::any_of(ast.exprs, [&](const Expr& e) { return e.kind == ExprKind::String && e.span == d.span; });
    auto before = std::span(op.params).first(error.param);
    const Value& value = values[static_cast<size_t>(std::ranges::count(before, true, &ParamSpec::isConstant))];
    if (!isWritten || !value.isString()) return false;
    if (std::string meant = constantMeant(op.params[error.param].name, value.asString()); !meant.empty())
      d.replace(d.span, meant);
    return false;
  }
  Span inFile{file->file, static_cast<uint32_t>(error.place->begin), static_cast<uint32_t>(error.place->end)};
  diagnostics.report(DiagnosticKind::BadConstant, inFile, error.message).note(file->name, "the file is read here");
  return false;
}

}  // namespace featc
