// SPDX-License-Identifier: Apache-2.0
#include "tests/random/related_outputs.h"

#include <fmt/format.h>

#include <utility>

#include "tests/random/constants.h"

namespace featc {

void RelatedOutputs::newComparisons() {
  static const std::vector<std::string_view> kOperators = {
      "intersect",          "difference",          "overlap_count",      "jaccard",
      "query_common_ratio", "title_common_ratio",  "is_contain",         "is_equal",
      "token_index",        "proximity_min_cover", "proximity_min_dist", "union"};
  std::vector<ExprPtr> lists = {textList(), textList()};
  for (uint64_t i = 2 + rng_.below(4); i > 0; --i) {
    const Operator* op = operators().find(rng_.pick(kOperators));
    if (op == nullptr || !scope_.choice.mayCall(op->name)) continue;
    RandomExpr e{RandomExpr::Kind::Operator, Type(), "", op, lists};
    if (rng_.chance(25)) std::swap(e.children[0], e.children[1]);
    std::optional<Type> type = expressions_.typeOfCall(e);
    RandomOutput o;
    o.value = type ? expressions_.finished(std::move(e), type->present()) : nullptr;
    if (o.value == nullptr) continue;
    auto index = static_cast<uint32_t>(program_.outputs.size());
    o.name = fmt::format("o{}", index);
    o.kind = type->isList() || rng_.chance(50) ? OutputKind::Sparse : OutputKind::Dense;
    if (o.kind == OutputKind::Sparse) o.slot = index + 1;
    program_.outputs.push_back(std::move(o));
  }
}

void RelatedOutputs::newHashes() {
  const Type type = rng_.chance(70) ? Type::string() : scope_.scalarType();
  const ExprPtr list = expressions_.expression(Type::list(type), 2);
  for (uint64_t i = 3 + rng_.below(4); i > 0; --i) {
    ExprPtr value = rng_.chance(50) ? list : ofList(list, type);
    if (value != nullptr && rng_.chance(60)) value = hashed(std::move(value));
    if (value == nullptr) continue;
    RandomOutput o;
    o.value = std::move(value);
    auto index = static_cast<uint32_t>(program_.outputs.size());
    o.name = fmt::format("o{}", index);
    o.kind = OutputKind::Sparse;
    o.slot = index + 1;
    program_.outputs.push_back(std::move(o));
  }
}

// An element, or some of them.
ExprPtr RelatedOutputs::ofList(const ExprPtr& list, Type element) {
  static const std::vector<std::string_view> kOperators = {"index", "first", "last", "head", "distinct", "reverse"};
  const Operator* op = operators().find(rng_.pick(kOperators));
  if (op == nullptr || !scope_.choice.mayCall(op->name)) return nullptr;
  const bool takesNumber = op->name == "index" || op->name == "head";
  const bool givesList = op->name != "index" && op->name != "first" && op->name != "last";
  RandomExpr call{RandomExpr::Kind::Operator, Type(), "", op, {list}};
  if (takesNumber) call.children.push_back(expressions_.constant(Type::int64(), rng_.chance(70) ? "0" : "2"));
  return expressions_.finished(std::move(call), givesList ? Type::list(element) : element);
}

// By the config's family or another one, with a seed or without.
ExprPtr RelatedOutputs::hashed(ExprPtr value) {
  static const std::vector<std::string> kFamilies = {"xxh3", "farm", "murmur3"};
  const Operator* op = operators().find("hash");
  if (!scope_.choice.mayCall(op->name)) return value;
  const Type type = value->type.isList() ? Type::list(Type::int64()) : Type::int64();
  RandomExpr call{RandomExpr::Kind::Operator, Type(), "", op, {std::move(value), nullptr, nullptr}};
  if (rng_.chance(60)) {
    const std::string& family = rng_.pick(kFamilies);
    call.children[1] = expressions_.constant(Type::string(), '"' + family + '"');
    if (family != "farm" && rng_.chance(50))
      call.children[2] = expressions_.constant(Type::int64(), rng_.chance(50) ? "0" : "7");
  }
  return expressions_.finished(std::move(call), type);
}

// Now and then one that is longer than what is compared on the stack.
ExprPtr RelatedOutputs::textList() {
  const Type type = Type::list(Type::string());
  ExprPtr list = expressions_.expression(type, 2);
  if (!scope_.choice.mayCall("concat") || !rng_.chance(20)) return list;
  std::string texts;
  for (uint64_t i = 40 + rng_.below(250); i > 0; --i)
    texts += fmt::format("{}\"{}\"", texts.empty() ? "" : ", ", rng_.chance(70) ? rng_.below(300) : 0);
  RandomExpr longer{RandomExpr::Kind::Operator, type, "", operators().find("concat"), {}};
  longer.children = {list, expressions_.constant(type, fmt::format("[{}]", texts))};
  ExprPtr made = expressions_.finished(std::move(longer), type);
  return made == nullptr ? list : made;
}

void RelatedOutputs::addSister(RandomOutput o) {
  auto index = static_cast<uint32_t>(program_.outputs.size());
  o.name = fmt::format("o{}", index);
  if (o.kind != OutputKind::Dense && !o.shared) o.slot = index + 1;
  if (o.missing) o.missing = static_cast<int64_t>(rng_.below(1000));
  o.value = sister(o.value);
  program_.outputs.push_back(std::move(o));
}

ExprPtr RelatedOutputs::sister(const ExprPtr& e) {
  if (e == nullptr || expressions_.isMissing(e) || rng_.chance(10)) return e;
  if (e->kind == RandomExpr::Kind::Literal && e->type.isNumber()) return randomLiteral(rng_, e->type);
  if (e->kind == RandomExpr::Kind::Name && rng_.chance(70)) {
    std::vector<RandomScope::Named> alike;
    for (const RandomScope::Named& name : scope_.names)
      if (name.type == e->type && name.kind == RandomExpr::Kind::Name) alike.push_back(name);
    if (!alike.empty()) {
      auto other = std::make_shared<RandomExpr>(*e);
      other->text = rng_.pick(alike).text;
      return other;
    }
  }
  if (e->kind != RandomExpr::Kind::Operator) return e;
  auto copy = std::make_shared<RandomExpr>(*e);
  // Operators check their constants, so those stay as they are.
  for (size_t i = 0; i < copy->children.size(); ++i)
    if (!e->op->params[e->op->paramOfArg(i)].isConstant) copy->children[i] = sister(e->children[i]);
  return copy;
}

}  // namespace featc
