// SPDX-License-Identifier: Apache-2.0
// Hands an operator its constant arguments while compiling, so that bad ones are diagnostics.
#include "frontend/prepare.h"

#include <fmt/format.h>

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
  auto bad = [&](size_t arg, std::string message) {
    diagnostics.report(DiagnosticKind::BadConstant, arg < places.size() ? places[arg] : places.back(),
                       std::move(message));
    return false;
  };
  for (size_t i = 0; i < op.params.size(); ++i) {
    if (!op.params[i].isConstant) continue;
    Type wanted = i < overload.params.size() ? overload.params[i] : Type();
    bool leftOut = i >= args.size() || args[i] == kNoNode;
    Type type = leftOut ? wanted.withNullable() : types[i];
    if (leftOut) {
      values.push_back(Value::missing());
    } else {
      Value value = graph.isConstant(args[i]) ? graph.constant(args[i]) : evaluator.value(args[i]);
      if (value.isMissing()) return bad(i, fmt::format("\"{}\" of \"{}\" is missing", op.params[i].name, op.name));
      values.push_back(convertTo(type, std::move(value)));
    }
    valueTypes.push_back(type);
  }
  if (op.prepare == nullptr) return true;
  Prepared prepared = op.prepare(values, valueTypes);
  if (!prepared.error) return true;
  const PrepareError& error = *prepared.error;
  const DataFile* file = error.place && error.param < places.size() ? ast.dataFileAt(places[error.param]) : nullptr;
  if (file == nullptr) return bad(error.param, error.message);
  Span inFile{file->file, static_cast<uint32_t>(error.place->begin), static_cast<uint32_t>(error.place->end)};
  diagnostics.report(DiagnosticKind::BadConstant, inFile, error.message).note(file->name, "the file is read here");
  return false;
}

}  // namespace featc
