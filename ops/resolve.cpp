// SPDX-License-Identifier: Apache-2.0
// Choosing an operator's overload by the types of a call's arguments.
#include <bit>

#include "ops/operator.h"
#include "values/conversion.h"

namespace featc {

namespace {

// How one argument meets one parameter.
struct Fit {
  bool fits = false;
  bool lifts = false;
  bool converts = false;
};

Fit fitArgument(Type argument, Type parameter, bool mayLift) {
  if (argument.same(parameter)) return {.fits = true};
  if (argument.isScalar() && convertsToFloat(argument, parameter)) return {.fits = true, .converts = true};
  // An empty literal has no element type of its own.
  if (argument.isMap() && argument.key().isNone()) return {.fits = parameter.isMap()};
  if (!argument.isList()) return {};
  if (argument.element().isNone() && parameter.isList()) return {.fits = true};
  if (parameter.isList()) return {.fits = convertsToFloat(argument, parameter), .converts = true};
  if (!mayLift || !parameter.isScalar()) return {};
  Fit element = fitArgument(argument.element(), parameter, false);
  return {.fits = element.fits, .lifts = true, .converts = element.converts};
}

bool isAnyArgument(Type t) { return t.isScalar() || (t.isList() && t.element().isScalar()); }

bool mayBeLeftOut(const Operator& op, const Overload& o, size_t param) {
  const ParamSpec& spec = op.params[param];
  return spec.isOptional && !o.required[param] && (spec.isConstant || !o.strict[param]);
}

std::optional<Resolution> fitOverload(const Operator& op, uint32_t index, std::span<const Type> argTypes) {
  const Overload& o = op.overloads[index];
  Resolution r{.overload = index};
  size_t given = argTypes.size();
  while (given > o.params.size() && argTypes[given - 1].isNone()) --given;
  if (given > kMaxArguments || (given > o.params.size() && !o.variadic)) return std::nullopt;
  if (o.alternates && (given - o.params.size()) % 2 != 0) return std::nullopt;
  for (size_t i = 0; i < o.params.size() || i < given; ++i) {
    size_t param = o.paramOfArg(i);
    if (i >= given || argTypes[i].isNone()) {
      if (i >= o.params.size() || !mayBeLeftOut(op, o, param)) return std::nullopt;
      continue;
    }
    if (o.anyArgs) {
      if (!isAnyArgument(argTypes[i])) return std::nullopt;
      continue;
    }
    bool mayLift = o.liftedKernel != nullptr && !op.params[op.paramOfArg(i)].isConstant;
    Fit fit = fitArgument(argTypes[i], o.params[param], mayLift);
    if (!fit.fits) return std::nullopt;
    if (fit.lifts) r.liftMask |= uint64_t{1} << i;
    if (fit.converts) r.convertMask |= uint64_t{1} << i;
  }
  return r;
}

// How far a type is from the parameter that it does not fit, to tell which overload was probably meant. What
// decides is that a map or list is more of a reason to choose an overload than a single value beside it.
int typeDistance(Type given, Type wanted, bool mayLift) {
  constexpr int kUnlike = 6;
  if (given.isScalar() && wanted.isScalar()) return given.isNumber() && wanted.isNumber() ? 1 : 2;
  if (given.isList() && wanted.isList()) return typeDistance(given.element(), wanted.element(), false);
  if (given.isList() && wanted.isScalar()) return mayLift ? typeDistance(given.element(), wanted, false) : 3;
  if (given.isScalar() && wanted.isList()) return fitArgument(given, wanted.element(), false).fits ? 2 : 3;
  if (given.isMap() && wanted.isList())
    return wanted.element().same(given.value()) ? 3 : wanted.element().same(given.key()) ? 4 : kUnlike;
  return kUnlike;
}

struct CostedMiss {
  NearMiss miss;
  int cost = 0;
};

CostedMiss missOf(const Operator& op, uint32_t index, std::span<const Type> argTypes) {
  constexpr int kLacking = 4;
  constexpr int kExcess = 3;
  const Overload& o = op.overloads[index];
  CostedMiss all{.miss = {.overload = index}};
  NearMiss& miss = all.miss;
  auto fits = [&](size_t arg, size_t place) {
    if (o.anyArgs) return isAnyArgument(argTypes[arg]);
    bool mayLift = o.liftedKernel != nullptr && !op.params[op.paramOfArg(place)].isConstant;
    return fitArgument(argTypes[arg], o.params[o.paramOfArg(place)], mayLift).fits;
  };
  for (uint32_t i = 0; i < o.params.size() || i < argTypes.size(); ++i) {
    if (i >= argTypes.size() || argTypes[i].isNone()) {
      if (i >= o.params.size() || mayBeLeftOut(op, o, i)) continue;
      miss.lacking.push_back(i);
      all.cost += kLacking;
    } else if (i >= o.params.size() && !o.variadic) {
      miss.excess.push_back(i);
      all.cost += kExcess;
    } else if (!fits(i, i)) {
      miss.misfits.push_back(i);
      all.cost += typeDistance(argTypes[i], o.params[o.paramOfArg(i)], o.liftedKernel != nullptr);
      // What comes first says what a call is about, so rather what stands beside it is wrong. But of a constant and
      // the data the constant says what is wanted.
      if (i == 0) all.cost += 1;
      if (op.params[op.paramOfArg(i)].isConstant) all.cost += 2;
    }
  }
  if (miss.misfits.size() == 2)
    miss.swapped = fits(miss.misfits[0], miss.misfits[1]) && fits(miss.misfits[1], miss.misfits[0]);
  if (miss.swapped) all.cost -= 1;
  return all;
}

}  // namespace

std::vector<NearMiss> nearMisses(const Operator& op, std::span<const Type> argTypes, uint32_t semantics) {
  std::vector<NearMiss> nearest;
  int lowest = 0;
  for (uint32_t i = 0; i < op.overloads.size(); ++i) {
    if (op.overloads[i].alternates || !op.overloads[i].isPartOf(semantics)) continue;
    CostedMiss one = missOf(op, i, argTypes);
    if (nearest.empty() || one.cost < lowest) {
      nearest.clear();
      lowest = one.cost;
    }
    if (one.cost == lowest) nearest.push_back(std::move(one.miss));
  }
  return nearest;
}

std::optional<Resolution> resolve(const Operator& op, std::span<const Type> argTypes, uint32_t semantics) {
  std::optional<Resolution> best;
  for (uint32_t i = 0; i < op.overloads.size(); ++i) {
    if (!op.overloads[i].isPartOf(semantics)) continue;
    auto r = fitOverload(op, i, argTypes);
    if (!r) continue;
    auto cost = [](const Resolution& x) { return std::pair(std::popcount(x.liftMask), std::popcount(x.convertMask)); };
    if (!best || cost(*r) < cost(*best)) best = r;
  }
  return best;
}

Type resultType(const Operator& op, const Resolution& resolution, std::span<const Type> argTypes) {
  const Overload& o = op.overloads[resolution.overload];
  bool lifted = resolution.liftMask != 0;
  bool anyList = false;
  bool nullable = false;  // of a lifted call: whether the whole list may be missing
  bool rowMayMiss = o.maybeResult;
  std::vector<bool> argNullable(argTypes.size());
  for (size_t i = 0; i < argTypes.size(); ++i) {
    Type t = argTypes[i];
    size_t param = o.paramOfArg(i);
    anyList |= t.isList();
    if (t.isNone()) continue;
    argNullable[i] = t.nullable();
    bool isLifted = (resolution.liftMask >> i & 1U) != 0;
    if (t.nullable() && (isLifted || o.strict[param])) nullable = true;
    bool finite = o.anyArgs ? t.is(Kind::Float64) : o.finite[param];
    if (o.strict[param] && (t.nullable() || finite)) rowMayMiss = true;
  }
  if (lifted) return Type::list(o.result).withNullable(nullable);
  if (op.nullableIf != nullptr) {
    std::array<bool, kMaxArguments> flags{};
    for (size_t i = 0; i < argTypes.size(); ++i) flags[i] = argNullable[i];
    rowMayMiss = op.nullableIf(std::span<const bool>(flags.data(), argTypes.size()));
  }
  Type result = o.anyArgs && anyList ? Type::list(o.result) : o.result;
  return result.withNullable(rowMayMiss);
}

std::string signature(const Operator& op, const Overload& overload) {
  std::string text(op.name);
  text += '(';
  for (size_t i = 0; i < overload.params.size(); ++i) {
    if (i > 0) text += ", ";
    text += op.params[i].name;
    if (op.params[i].isOptional && mayBeLeftOut(op, overload, i)) text += '?';
    text += ": ";
    text += overload.anyArgs ? "any" : toString(overload.params[i]);
  }
  if (overload.variadic) text += ", ...";
  text += ") -> ";
  text += toString(overload.result);
  return text;
}

}  // namespace featc
