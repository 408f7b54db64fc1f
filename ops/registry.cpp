// SPDX-License-Identifier: Apache-2.0
// The table of all operators and how a record is put together.
#include <fmt/format.h>

#include <cstdlib>

#include "ops/groups.h"
#include "ops/operator.h"
#include "ops/written.h"
#include "support/print_error.h"
#include "support/utf8.h"

namespace featc {

namespace {

// A record that contradicts itself: a mistake in this program, not in a config.
[[noreturn]] void badRecord(const Operator& op, std::string_view why) {
  printError("featc: operator record \"{}\": {}\n", op.name, why);
  std::abort();
}

// `stdDev`, `STDDEV` and `std_dev` are one name.
std::string foldedName(std::string_view name) {
  std::string folded;
  for (char c : name)
    if (c != '_') folded += lowered(c);
  return folded;
}

}  // namespace

bool Operator::hasConstants() const {
  for (const ParamSpec& p : params)
    if (p.isConstant) return true;
  return false;
}

void OperatorBuilder::finishOverload(Overload o, const std::vector<std::tuple<Type, bool, bool>>& values,
                                     std::initializer_list<Type> constants) {
  size_t value = 0;
  const auto* constant = constants.begin();
  for (const ParamSpec& p : op_.params) {
    if (p.isConstant ? constant == constants.end() : value == values.size()) break;
    if (p.isConstant) {
      o.params.push_back(*constant++);
      o.strict.push_back(true);
      o.finite.push_back(false);
    } else {
      auto [type, strict, finite] = values[value++];
      o.params.push_back(type.present());
      o.strict.push_back(strict);
      o.finite.push_back(finite);
    }
  }
  if (value != values.size() || constant != constants.end())
    badRecord(op_, "a function takes other parameters than the record");
  o.required.assign(o.params.size(), false);
  op_.overloads.push_back(std::move(o));
}

bool Operator::readsFiles() const {
  for (const ParamSpec& p : params)
    if (p.isFile) return true;
  return false;
}

OperatorBuilder& OperatorBuilder::onlyWith(std::string_view param) {
  Overload& o = op_.overloads.back();
  for (size_t i = 0; i < o.params.size(); ++i) {
    if (op_.params[i].name == param) {
      o.required[i] = true;
      return *this;
    }
  }
  badRecord(op_, "onlyWith() names no parameter");
}

OperatorBuilder& OperatorBuilder::since(uint32_t semantics) {
  Overload& added = op_.overloads.back();
  if (semantics <= 1 || semantics > kNewestSemantics) badRecord(op_, "since() names no later version");
  added.firstSemantics = semantics;
  for (Overload& o : std::span(op_.overloads).first(op_.overloads.size() - 1))
    if (o.params == added.params && o.required == added.required && o.isPartOf(semantics))
      o.lastSemantics = semantics - 1;
  return *this;
}

OperatorBuilder& OperatorBuilder::written(std::string_view form) {
  op_.written = form;
  op_.symbol = symbolOfForm(form);
  return *this;
}

OperatorBuilder Registry::add(std::string_view name, std::vector<ParamSpec> params, std::string_view doc) {
  auto op = std::make_unique<Operator>();
  op->name = name;
  op->group = group_;
  op->params = std::move(params);
  op->doc = doc;
  all_.push_back(std::move(op));
  Operator& added = *all_.back();
  if (!byName_.emplace(added.name, &added).second) badRecord(added, "there are two of it");
  return OperatorBuilder(added);
}

const Operator* Registry::find(std::string_view name) const {
  auto it = byName_.find(name);
  return it == byName_.end() ? nullptr : it->second;
}

Registry::Foreign Registry::findForeign(std::string_view name) const {
  std::string folded = foldedName(name);
  for (const auto& op : all_)
    for (const ForeignName& foreign : op->foreignNames)
      if (foldedName(foreign.name) == folded) return {op.get(), foreign.difference, foreign.call};
  return {};
}

const Operator* Registry::findSymbol(std::string_view symbol, size_t params) const {
  for (const auto& op : all_)
    if (op->symbol == symbol && op->params.size() == params) return op.get();
  return nullptr;
}

const Registry& operators() {
  static const Registry registry = [] {
    Registry r;
    registerArithmetic(r);
    registerBits(r);
    registerComparison(r);
    registerMissing(r);
    registerMapping(r);
    registerCasts(r);
    registerMath(r);
    registerTrigonometry(r);
    registerNormalize(r);
    registerReduce(r);
    registerStatistics(r);
    registerIds(r);
    registerHashVariants(r);
    registerHashSystems(r);
    registerCross(r);
    registerLists(r);
    registerOrder(r);
    registerSets(r);
    registerTextNumbers(r);
    registerVectors(r);
    registerMaps(r);
    registerCounts(r);
    registerMatch(r);
    registerValueMap(r);
    registerText(r);
    registerTextParts(r);
    registerNormalizeText(r);
    registerRegex(r);
    registerEditDistance(r);
    registerTokens(r);
    registerMapText(r);
    registerOverlap(r);
    registerTime(r);
    registerTimeText(r);
    registerPlace(r);
    return r;
  }();
  return registry;
}

}  // namespace featc
