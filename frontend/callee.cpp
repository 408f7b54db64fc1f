// SPDX-License-Identifier: Apache-2.0
#include "frontend/callee.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/names.h"
#include "ops/extern_fn.h"

namespace featc {

namespace {

// `defaultOf`: how the default of a parameter is written, empty where it has none.
template <class DefaultOf>
std::string signatureOf(std::string_view name, const std::vector<FieldDecl>& params, DefaultOf defaultOf) {
  std::string text = written(name) + "(";
  for (size_t i = 0; i < params.size() && i < kMaxArguments; ++i)
    text += (i > 0 ? ", " : "") + parameterText(params[i]) + defaultOf(i);
  return text + ")";
}

}  // namespace

std::string parameterText(const FieldDecl& p) {
  return fmt::format("{}: {}", written(p.name.text), toString(p.type.type));
}

const Operator* operatorCalled(std::string_view name) {
  const Operator* op = operators().find(name);
  if (op == nullptr) op = operators().findForeign(name).op;
  return op != nullptr && !op->isInternal && op->symbol.empty() ? op : nullptr;
}

std::string describeType(Type type, const Ast& ast) {
  if (type.isRow()) return fmt::format("a row of \"{}\"", ast.sources[type.rowSource()].name.text);
  return toString(type);
}

Callee describe(const Operator& op) {
  Callee callee{.what = isExtern(op) ? "extern fn" : "operator", .name = op.name, .op = &op};
  size_t shortest = op.params.size();
  for (const Overload& o : op.overloads) {
    callee.variadic = callee.variadic || o.variadic;
    shortest = std::min(shortest, o.params.size());
  }
  for (size_t i = 0; i < op.params.size(); ++i) {
    callee.params.push_back(op.params[i].name);
    callee.optional.push_back(op.params[i].isOptional || i >= shortest);
  }
  return callee;
}

Callee describe(const FnDecl& fn, const ExprTexts& texts) {
  auto defaultText = [&](size_t i) {
    ExprId value = fn.defaults[i];
    return value == kNoExpr ? std::string() : fmt::format(" = {}", texts.of(value));
  };
  Callee callee{.what = "fn", .name = fn.name.text, .signature = signatureOf(fn.name.text, fn.params, defaultText)};
  for (const FieldDecl& p : fn.params) callee.params.push_back(p.name.text);
  for (ExprId value : fn.defaults) callee.optional.push_back(value != kNoExpr);
  return callee;
}

Callee describe(const SourceDecl& source) {
  Callee callee{.what = "source",
                .name = source.name.text,
                .signature = signatureOf(source.name.text, source.keys, [](size_t) { return std::string(); })};
  for (const FieldDecl& key : source.keys) callee.params.push_back(key.name.text);
  callee.optional.resize(source.keys.size());
  return callee;
}

}  // namespace featc
