// SPDX-License-Identifier: Apache-2.0
#include "tests/random/expressions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tests/random/beside.h"
#include "tests/random/constants.h"

namespace featc {
namespace {

// One way to make a value of some type.
struct Candidate {
  const Operator* op = nullptr;
  uint32_t overload = 0;
  bool lifted = false;  // the operator maps over one list argument at least
};

using CandidatesByOperator = std::vector<std::vector<Candidate>>;

// What can make `wanted`, grouped by operator so that many overloads do not weigh more.
const CandidatesByOperator& candidatesFor(Type wanted, uint32_t semantics, const Choice& choice) {
  static std::map<std::pair<uint32_t, uint32_t>, CandidatesByOperator> cache;
  auto [it, isNew] = cache.try_emplace({wanted.code(), semantics});
  if (!isNew) return it->second;
  auto add = [&](const Operator& op) {
    std::vector<Candidate> found;
    for (uint32_t i = 0; i < op.overloads.size(); ++i) {
      const Overload& o = op.overloads[i];
      if (!o.isPartOf(semantics)) continue;
      if (o.result.same(wanted)) found.push_back({&op, i, false});
      if (wanted.isList() && o.anyArgs && wanted.element().is(Kind::Int64)) found.push_back({&op, i, true});
      if (wanted.isList() && o.liftedKernel != nullptr && o.result.same(wanted.element()))
        found.push_back({&op, i, true});
    }
    if (!found.empty()) it->second.push_back(std::move(found));
  };
  for (const auto& op : operators().all())
    if (!op->isInternal && choice.mayCall(op->name)) add(*op);
  if (choice.has(Feature::Externs))
    for (const auto& fn : besideExterns()) add(fn->op);
  return it->second;
}

}  // namespace

ExprPtr Expressions::expression(Type wanted, int depth) {
  wanted = wanted.present();
  if (depth > 0 && !rng_.chance(12)) {
    if (rng_.chance(program_.fns.empty() ? 0 : 15))
      if (ExprPtr call = functionCall(wanted, depth, wanted.isList() && scope_.may(Feature::MappedFns, 60)))
        return call;
    constexpr int kTries = 4;
    for (int i = 0; i < kTries; ++i)
      if (ExprPtr call = operatorCall(wanted, depth)) return call;
  }
  return leaf(wanted, depth);
}

ExprPtr Expressions::leaf(Type wanted, int depth) {
  std::vector<const RandomScope::Named*> fitting;
  for (const RandomScope::Named& n : scope_.names)
    if (n.type.same(wanted)) fitting.push_back(&n);
  constexpr size_t kMaxFields = 14;
  bool mayAdd = scope_.mayAddFields && !wanted.isWeighted() && program_.fields.size() < kMaxFields;
  uint64_t kind = rng_.below(10);
  if (!fitting.empty() && kind < 6) return name(*rng_.pick(fitting));
  if (mayAdd && (kind < 8 || rng_.chance(60))) return name(scope_.newField(wanted.withNullable(rng_.chance(50))));
  if (wanted.isWeighted()) return weighted(wanted, depth);
  return literal(wanted);
}

ExprPtr Expressions::constant(Type type, std::string text) {
  return std::make_shared<RandomExpr>(RandomExpr{RandomExpr::Kind::Literal, type, std::move(text), nullptr, {}});
}
bool Expressions::isMissing(const ExprPtr& e) { return e->kind == RandomExpr::Kind::Literal && e->text == "missing"; }

ExprPtr Expressions::literal(Type type) {
  if (type.nullable() && scope_.may(Feature::Constants, 30)) return constant(type, "missing");
  if (type.is(Kind::Float64) && scope_.may(Feature::Constants, 10)) return constant(type.present(), "pi");
  return randomLiteral(rng_, type.present());
}

// `c ? x : missing`, `x ?? missing`, `[x, missing]`: perhaps one of the values is that.
void Expressions::addMissing(RandomExpr& e) {
  auto& c = e.children;
  bool isChoice = e.op->name == "if";
  bool isDefault = e.op->name == "default_to";
  if (!(isChoice || isDefault || e.op->name == "make_list") || c.size() < 2 || !scope_.may(Feature::Constants, 12))
    return;
  size_t at = isChoice ? 1 + rng_.below(2) : isDefault ? 1 : rng_.below(c.size());
  const ExprPtr& beside = c[isChoice ? 3 - at : isDefault ? 0 : at == 0 ? 1 : 0];
  if (isMissing(beside)) return;
  Type type = beside->type.present();
  // Chosen for each element.
  if (type.isList() && (isDefault || (isChoice && c[0]->type.isList()))) type = type.element();
  c[at] = constant(type.withNullable(), "missing");
}

ExprPtr Expressions::name(const RandomScope::Named& n) {
  return std::make_shared<RandomExpr>(RandomExpr{n.kind, n.type, n.text, nullptr, {}});
}

// `weighted(ids, weights)` of leaves: weighted ids have neither fields nor literals.
ExprPtr Expressions::weighted(Type wanted, int depth) {
  const Operator* op = operators().find("weighted");
  RandomExpr e{RandomExpr::Kind::Operator, wanted, "", op, {}};
  e.children.push_back(expression(Type::list(wanted.element()), depth - 1));
  e.children.push_back(expression(Type::list(Type::float64()), depth - 1));
  ++scope_.use["weighted"];
  return std::make_shared<RandomExpr>(std::move(e));
}

// `mapped`: a list of what it gives for each element of lists.
ExprPtr Expressions::functionCall(Type wanted, int depth, bool mapped) {
  auto isMappable = [](const SourceField& p) { return p.type.isScalar(); };
  // Lists of lists for each element would nest too deep; a fn may be mapped itself.
  bool ofElements = !scope_.mayAddFields || std::ranges::any_of(scope_.names, &RandomScope::Named::ofGroup);
  if (mapped && ofElements && !wanted.element().isScalar()) return nullptr;
  std::vector<const RandomFn*> fitting;
  for (const RandomFn& f : program_.fns)
    if (f.body->type.same(mapped ? wanted.element() : wanted) && (!mapped || std::ranges::any_of(f.params, isMappable)))
      fitting.push_back(&f);
  if (fitting.empty()) return nullptr;
  const RandomFn& fn = *rng_.pick(fitting);
  std::vector<size_t> maps;
  for (size_t i = 0; mapped && i < fn.params.size(); ++i)
    if (isMappable(fn.params[i])) maps.push_back(i);
  size_t mustMap = maps.empty() ? fn.params.size() : rng_.pick(maps);
  RandomExpr e{RandomExpr::Kind::Function, fn.body->type, fn.name, nullptr, {}};
  bool mayMiss = false;
  for (size_t i = 0; i < fn.params.size(); ++i) {
    Type type = fn.params[i].type;
    if (fn.defaults[i] != nullptr && (mustMap < i || maps.empty()) && rng_.chance(50)) break;
    if (mapped && type.isScalar() && (i == mustMap || rng_.chance(30))) {
      e.children.push_back(expression(Type::list(type.present()), depth - 1));
      mayMiss |= e.children.back()->type.nullable();
    } else {
      // Only a literal is certain not to be missing.
      e.children.push_back(type.nullable() ? expression(type, depth - 1) : certain(type));
    }
  }
  if (mapped) e.type = Type::list(e.type.present()).withNullable(mayMiss);
  e.children.resize(fn.params.size());
  return std::make_shared<RandomExpr>(std::move(e));
}

ExprPtr Expressions::certain(Type type) {
  std::vector<const RandomScope::Named*> fitting;
  for (const RandomScope::Named& n : scope_.names)
    if (n.type.same(type) && !n.type.nullable() && n.text[0] == 'f' && n.text[1] != 'n') fitting.push_back(&n);
  if (!fitting.empty() && rng_.chance(80)) return name(*rng_.pick(fitting));
  return literal(type.present());
}

ExprPtr Expressions::operatorCall(Type wanted, int depth) {
  const CandidatesByOperator& all = candidatesFor(wanted, program_.semantics, scope_.choice);
  if (all.empty()) return nullptr;
  const Candidate c = rng_.pick(rng_.pick(all));
  const Overload& o = c.op->overloads[c.overload];
  if (o.anyArgs) return anyArguments(wanted, *c.op, depth);
  size_t count = o.params.size();
  if (o.variadic) count += (rng_.chance(90) ? 1 + rng_.below(3) : 0) * (o.alternates ? 2 : 1);
  RandomExpr e{RandomExpr::Kind::Operator, wanted, "", c.op, std::vector<ExprPtr>(count)};
  if (!randomConstants(rng_, *c.op, o, scope_.choice.has(Feature::Files), e.children)) return nullptr;
  if (!c.op->whenVaries.empty() && rng_.chance(30)) takeZoneOfData(e, depth);
  std::vector<size_t> values;
  std::vector<size_t> scalars;
  for (size_t i = 0; i < count; ++i) {
    size_t param = o.paramOfArg(i);
    const ParamSpec& spec = c.op->params[param];
    if (spec.isConstant || (spec.isOptional && !o.required[param] && i < o.params.size() && rng_.chance(50))) continue;
    values.push_back(i);
    if (o.params[param].isScalar()) scalars.push_back(i);
  }
  if (c.lifted && scalars.empty()) return nullptr;
  size_t mustLift = c.lifted ? rng_.pick(scalars) : count;
  for (size_t i : values) {
    Type type = o.params[o.paramOfArg(i)].present();
    if (type.is(Kind::Float64) && rng_.chance(25)) type = Type::int64();
    if (c.lifted && type.isScalar() && (i == mustLift || rng_.chance(30))) type = Type::list(type);
    e.children[i] = expression(type, depth - 1);
  }
  addMissing(e);
  return finished(std::move(e), wanted);
}

// A zone that depends on data for sure, if the call may have one.
void Expressions::takeZoneOfData(RandomExpr& call, int depth) {
  size_t at = 0;
  for (size_t i = 0; i < call.op->params.size(); ++i) {
    bool saysOffset = call.op->params[i].name == "format" && call.children[i]->text.find("%z") != std::string::npos;
    if (saysOffset) return;
    if (call.op->params[i].name == "zone") at = i;
  }
  ExprPtr zone = expression(Type::string(), depth - 1);
  if (!hasField(*zone)) return;
  // Most texts name none.
  if (scope_.choice.mayCall("if") && rng_.chance(70)) {
    RandomExpr known{RandomExpr::Kind::Operator, zone->type, "", operators().find("if"), {}};
    known.children = {expression(Type::boolean(), depth - 1), zoneLiteral(rng_), zone};
    if (ExprPtr one = finished(std::move(known), Type::string())) zone = std::move(one);
  }
  call.children[at] = std::move(zone);
}

// `cross` and the like: scalars and lists of any type.
ExprPtr Expressions::anyArguments(Type wanted, const Operator& op, int depth) {
  RandomExpr e{RandomExpr::Kind::Operator, wanted, "", &op, {}};
  for (uint64_t i = 2 + rng_.below(3); i > 0; --i) {
    Type type = scope_.scalarType();
    if (wanted.isList() && rng_.chance(50)) type = Type::list(type);
    e.children.push_back(expression(type, depth - 1));
  }
  return finished(std::move(e), wanted);
}

// Whether a field, which no compiler can know, is somewhere in it.
bool Expressions::hasField(const RandomExpr& e) const {
  // A fn may make no use of its arguments.
  if (e.kind == RandomExpr::Kind::Function) return false;
  if (e.kind == RandomExpr::Kind::Name &&
      (e.text.starts_with("it") ||
       std::ranges::any_of(program_.fields, [&](const RandomField& f) { return f.name == e.text; })))
    return true;
  return std::ranges::any_of(e.children, [&](const ExprPtr& c) { return c != nullptr && hasField(*c); });
}

ExprPtr Expressions::finished(RandomExpr e, Type wanted) {
  // An extern fn that fails for constants is a mistake in the config.
  if (isExtern(*e.op) && !hasField(e)) return nullptr;
  std::optional<Type> type = typeOfCall(e);
  if (!type || !type->same(wanted)) return nullptr;
  e.type = *type;
  ++scope_.use[std::string(e.op->name)];
  return std::make_shared<RandomExpr>(std::move(e));
}

std::optional<Type> Expressions::typeOfCall(const RandomExpr& e) const {
  std::vector<Type> types;
  for (const ExprPtr& c : e.children) types.push_back(c == nullptr ? Type() : c->type);
  types.resize(std::max(types.size(), e.op->params.size()));
  std::optional<Resolution> r = resolve(*e.op, types, program_.semantics);
  if (!r) return std::nullopt;
  for (size_t i = 0; i < types.size(); ++i) {
    if ((r->convertMask >> i & 1U) == 0) continue;
    Type to = types[i].isList() ? Type::list(Type::float64()) : Type::float64();
    types[i] = to.withNullable(types[i].nullable());
  }
  return resultType(*e.op, *r, types);
}

}  // namespace featc
