// SPDX-License-Identifier: Apache-2.0
// Random expressions, top down: wanting a value of some type, pick a name, a literal or an operator that returns it.
#pragma once

#include <optional>
#include <string>

#include "tests/random/random_scope.h"

namespace featc {

class Expressions {
 public:
  explicit Expressions(RandomScope& scope) : scope_(scope) {}

  // Of the type or its nullable one; at most about `depth` calls stand inside one another.
  ExprPtr expression(Type wanted, int depth);
  // Missing only where the type has a "?".
  ExprPtr literal(Type type);
  // A literal of that text.
  static ExprPtr constant(Type type, std::string text);
  static bool isMissing(const ExprPtr& e);
  // The call, whose arguments are there, when it has the wanted type; null: it has not.
  ExprPtr finished(RandomExpr e, Type wanted);
  // The type that the language gives the call, or nothing where no overload fits.
  std::optional<Type> typeOfCall(const RandomExpr& e) const;

 private:
  ExprPtr leaf(Type wanted, int depth);
  ExprPtr certain(Type type);
  static ExprPtr name(const RandomScope::Named& n);
  ExprPtr weighted(Type wanted, int depth);
  ExprPtr functionCall(Type wanted, int depth, bool mapped);
  ExprPtr operatorCall(Type wanted, int depth);
  ExprPtr anyArguments(Type wanted, const Operator& op, int depth);
  void addMissing(RandomExpr& e);
  void takeZoneOfData(RandomExpr& call, int depth);
  bool hasField(const RandomExpr& e) const;

  RandomScope& scope_;
  Rng& rng_ = scope_.rng;
  RandomProgram& program_ = scope_.program;
};

}  // namespace featc
