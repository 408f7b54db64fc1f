// SPDX-License-Identifier: Apache-2.0
// Which argument of an operator's call has a wrong type, what is needed instead, and what makes it so. All of it is
// worked out from the operators' signatures.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <ranges>

#include "frontend/call_errors.h"
#include "frontend/foreign_arguments.h"
#include "frontend/literal_values.h"
#include "ops/call_pattern.h"
#include "values/conversion.h"
#include "values/parse.h"

namespace featc {

namespace {

// `int64`, `int64 or float64`, `a list`: what fits in words, where many types do.
std::string describeTypes(const std::vector<Type>& types) {
  constexpr size_t kNamed = 2;
  struct Shape {
    std::string_view word;
    bool (*holds)(Type);
  };
  constexpr Shape kShapes[] = {{"a single value", [](Type t) { return t.isScalar(); }},
                               {"a list", [](Type t) { return t.isList(); }},
                               {"a map", [](Type t) { return t.isMap(); }},
                               {"weighted ids", [](Type t) { return t.isWeighted(); }}};
  std::vector<std::string> parts;
  for (const Shape& shape : kShapes) {
    std::vector<std::string> names;
    for (Type t : types)
      if (shape.holds(t)) names.push_back(toString(t));
    if (names.size() > kNamed) names = {std::string(shape.word)};
    parts.insert(parts.end(), names.begin(), names.end());
  }
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : i + 1 == parts.size() ? " or " : ", ") + parts[i];
  return text;
}

// The operator that makes a value of the type out of any single value.
const Operator* castTo(Type type) {
  for (const auto& op : operators().all())
    if (op->isCast && op->overloads.front().result.same(type)) return op.get();
  return nullptr;
}

// Operators that make `wanted` out of `given` alone.
std::vector<const Operator*> operatorsFromTo(Type given, Type wanted, uint32_t semantics) {
  std::vector<const Operator*> found;
  for (const auto& op : operators().all()) {
    if (op->isInternal || !op->symbol.empty()) continue;
    std::vector<Type> args(op->params.size());
    args.front() = given;
    auto resolution = resolve(*op, args, semantics);
    if (resolution && resultType(*op, *resolution, args).present().same(wanted)) found.push_back(op.get());
  }
  return found;
}

bool isListOfSingles(Type t) { return t.isList() && t.element().isScalar(); }

// Expressions of the type that say what `text`, which is of another one, says.
std::vector<std::string> conversions(const std::string& text, Type given, Type wanted, uint32_t semantics) {
  std::vector<std::string> all;
  auto add = [&](const Operator& op) { all.push_back(fmt::format("{}({})", op.name, text)); };
  bool singles = given.isScalar() && wanted.isScalar();
  if (singles || (isListOfSingles(given) && isListOfSingles(wanted))) {
    if (const Operator* cast = castTo(singles ? wanted : wanted.element())) add(*cast);
    return all;
  }
  // What makes a single value or a list out of a list is not a conversion: which one is meant cannot be guessed.
  if (wanted.isScalar() || (given.isList() && wanted.isList())) return all;
  for (const Operator* op : operatorsFromTo(given, wanted, semantics)) add(*op);
  bool isElement = wanted.isList() && (given.same(wanted.element()) || convertsToFloat(given, wanted.element()));
  if (isElement) all.push_back(fmt::format("[{}]", text));
  return all;
}

// Of a number or a truth value in quotes, whether it is of the type without them.
bool isWithoutQuotes(const std::string& text, Type wanted) {
  switch (wanted.kind()) {
    case Kind::Bool: return text == "true" || text == "false";
    case Kind::Int64: return parseInt(text).has_value();
    case Kind::Float64: return parseFloat(text).has_value();
    default: return false;
  }
}

bool contains(const std::vector<Type>& types, Type type) {
  return std::ranges::any_of(types, [&](Type t) { return t.same(type); });
}

}  // namespace

void CallErrors::noteConversions(Diagnostic& d, const Expr& e, Type given, const std::vector<Type>& wanted) const {
  std::string text = texts_.of(e);
  constexpr double kExact = 1LL << 53;
  if (e.kind == ExprKind::String) {
    for (Type type : wanted) {
      if (!isWithoutQuotes(ast_.text(e), type)) continue;
      d.note(fmt::format("{} is {} without quotes", ast_.text(e), toString(type)));
      d.replace(e.span, ast_.text(e));
      return;
    }
  }
  if (e.kind == ExprKind::Float && contains(wanted, Type::int64()) && std::trunc(e.floatValue) == e.floatValue &&
      std::abs(e.floatValue) < kExact) {
    d.note("an int64 is written without a point");
    d.replace(e.span, fmt::format("{:.0f}", e.floatValue));
    return;
  }
  std::vector<std::string> ways;
  std::vector<std::string> seen;
  for (Type type : wanted) {
    bool isLiteral = e.kind == ExprKind::String || e.kind == ExprKind::Float || e.kind == ExprKind::Int;
    if (isLiteral && type.isScalar()) continue;
    std::vector<std::string> calls = conversions(text, given, type, checked_.info.semantics);
    // `[1]` is a list of either kind of numbers.
    std::erase_if(calls, [&](const std::string& call) { return std::ranges::find(seen, call) != seen.end(); });
    seen.insert(seen.end(), calls.begin(), calls.end());
    if (!calls.empty()) ways.push_back(fmt::format("{} gives {}", fmt::join(calls, " or "), toString(type)));
  }
  // More than that does not help.
  constexpr size_t kMost = 3;
  if (!ways.empty() && ways.size() <= kMost) d.note(fmt::format("{}", fmt::join(ways, ", ")));
}

// A map where a list is wanted: what its values alone are not, since they lose their keys.
bool CallErrors::proposeForMap(Diagnostic& d, const Expr& e, const Operator& op, const std::vector<ExprId>& args,
                               std::vector<Type> types, uint32_t map) const {
  Type given = types[map].present();
  auto replace = [&](Span at, std::string text, std::string_view what) {
    d.note(fmt::format("{}: {}", what, text));
    d.replace(at, std::move(text));
    return true;
  };
  if (map == 0 && !op.proposeForMap.empty()) {
    auto text = fillCall(op.proposeForMap, [&](uint32_t i, std::optional<uint32_t>) -> std::optional<std::string> {
      if (i >= args.size() || args[i] == kNoExpr) return std::nullopt;
      return texts_.of(ast_.expr(args[i]));
    });
    return text && replace(e.span, std::move(*text), "the keys, by their values");
  }
  for (uint32_t i = 0; i < args.size(); ++i) {
    Type other = types[i].present();
    bool isKeys = i != map && args[i] != kNoExpr && (other.isList() ? other.element() : other).same(given.key());
    if (!isKeys) continue;
    types[map] = other.isList() ? Type::list(given.value()) : given.value().withNullable();
    if (!resolve(op, types, checked_.info.semantics)) return false;
    return replace(ast_.expr(args[map]).span,
                   fmt::format("lookup({}, {})", texts_.of(ast_.expr(args[map])), texts_.of(ast_.expr(args[i]))),
                   fmt::format("the value of each of \"{}\"", op.params[op.paramOfArg(i)].name));
  }
  return false;
}

// A text in the place of another constant, which may come from a file: its name is meant.
bool CallErrors::proposeFile(Diagnostic& d, const Expr& e, const Operator& op, const std::vector<Type>& types,
                             uint32_t arg) const {
  if (e.kind != ExprKind::String || !op.params[op.paramOfArg(arg)].isConstant) return false;
  auto file = std::ranges::find_if(op.params, &ParamSpec::isFile);
  const auto place = static_cast<size_t>(file - op.params.begin());
  if (file == op.params.end() || (place < types.size() && !types[place].isNone())) return false;
  const std::string named = fmt::format("{} = {}", file->name, texts_.of(e));
  d.note(fmt::format("the name of a file is written {}", named));
  // Behind a name, an argument without one would be for another parameter.
  if (std::ranges::all_of(types | std::views::drop(arg + 1), &Type::isNone)) d.replace(e.span, named);
  return true;
}

bool CallErrors::reportMisfit(const Expr& e, const Operator& op, const std::vector<ExprId>& args,
                              const std::vector<Type>& types) const {
  std::vector<NearMiss> misses = nearMisses(op, types, checked_.info.semantics);
  if (misses.empty()) return false;
  const NearMiss& first = misses.front();
  const Overload& overload = op.overloads[first.overload];
  auto nameOf = [&](size_t arg) { return op.params[op.paramOfArg(arg)].name; };
  auto typeName = [&](size_t arg) { return toString(types[arg].present()); };
  auto report = [&](DiagnosticKind kind, Span at, std::string message) -> Diagnostic& {
    return diagnostics_.report(kind, at, std::move(message));
  };
  if (first.misfits.empty() && first.excess.empty()) {
    std::vector<std::string> needs;
    for (const NearMiss& miss : misses) {
      std::vector<std::string_view> names;
      for (uint32_t param : miss.lacking) names.push_back(op.params[param].name);
      std::string need = fmt::format("{}", fmt::join(names, ", "));
      if (miss.misfits.empty() && std::ranges::find(needs, need) == needs.end()) needs.push_back(std::move(need));
    }
    noteSignatures(report(DiagnosticKind::WrongArguments, e.span,
                          fmt::format("\"{}\" also needs {}", op.name, fmt::join(needs, " or "))),
                   describe(op));
    return true;
  }
  if (!first.excess.empty()) {
    if (!first.misfits.empty()) return false;
    uint32_t arg = first.excess.front();
    noteSignatures(report(DiagnosticKind::ArgumentType, ast_.expr(args[arg]).span,
                          fmt::format("\"{}\" of {} takes no \"{}\"", op.name, typeName(0), nameOf(arg))),
                   describe(op));
    return true;
  }
  if (first.swapped) {
    uint32_t a = first.misfits[0];
    uint32_t b = first.misfits[1];
    noteSignatures(report(DiagnosticKind::ArgumentType, ast_.expr(args[a]).span,
                          fmt::format("\"{}\" and \"{}\" of \"{}\" are swapped: {} belongs where {} is", nameOf(a),
                                      nameOf(b), op.name, typeName(b), typeName(a))),
                   describe(op));
    return true;
  }
  // What else the argument might be: in the other overloads that come as near by the same arguments.
  auto wantedOf = [&](size_t arg) {
    std::vector<Type> wanted;
    for (const NearMiss& miss : misses) {
      const Overload& o = op.overloads[miss.overload];
      if (o.anyArgs || miss.misfits != first.misfits || o.nested != overload.nested) continue;
      Type type = o.params[o.paramOfArg(arg)];
      if (!contains(wanted, type)) wanted.push_back(type);
    }
    return wanted;
  };
  auto mismatch = [&](size_t arg, std::string_view of) {
    std::vector<Type> wanted = wantedOf(arg);
    return fmt::format("\"{}\"{} is {}, but this is {}", nameOf(arg), of,
                       wanted.empty() ? "a single value or a list of such" : describeTypes(wanted), typeName(arg));
  };
  // An argument that not every overload has a parameter for says which one is meant.
  std::string with;
  for (size_t i = 0; i < overload.params.size() && i < types.size(); ++i) {
    bool chooses = std::ranges::any_of(op.overloads, [&](const Overload& o) { return i >= o.params.size(); });
    if (chooses && op.params[i].isOptional && overload.required[i] && !types[i].isNone())
      with += fmt::format("{} \"{}\"", with.empty() ? "with" : " and", nameOf(i));
  }
  uint32_t arg = first.misfits.front();
  Type given = types[arg].present();
  Diagnostic& d = report(DiagnosticKind::ArgumentType, ast_.expr(args[arg]).span,
                         with + (with.empty() ? "" : ", ") + mismatch(arg, fmt::format(" of \"{}\"", op.name)));
  for (size_t i = 1; i < first.misfits.size(); ++i)
    d.note(ast_.expr(args[first.misfits[i]]).span, mismatch(first.misfits[i], ""));
  std::vector<Type> wanted = wantedOf(arg);
  bool maps = overload.liftedKernel != nullptr && !op.params[op.paramOfArg(arg)].isConstant;
  if (given.isList() && maps) {
    for (Type& type : wanted)
      if (type.isScalar()) type = Type::list(type);
  } else if (given.isList() && std::ranges::all_of(wanted, &Type::isScalar) && !wanted.empty()) {
    d.note(fmt::format("\"{}\" does not map over a list here", op.name));
  }
  const Expr& written = ast_.expr(args[arg]);
  if (proposeFile(d, written, op, types, arg)) {
    noteSignatures(d, describe(op));
    return true;
  }
  std::string meant = written.kind == ExprKind::Int ? constantMeant(nameOf(arg), written.intValue) : std::string();
  if (meant.empty()) {
    if (!given.isMap() || overload.anyArgs || !proposeForMap(d, e, op, args, types, arg))
      noteConversions(d, written, given, wanted);
  } else {
    d.note(fmt::format("{} is written {} here", texts_.of(written), meant));
    d.replace(written.span, meant);
  }
  noteSignatures(d, describe(op));
  return true;
}

}  // namespace featc
