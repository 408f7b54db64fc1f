// SPDX-License-Identifier: Apache-2.0
// Outputs that have parts in common, as those of real configs do: what an engine shares among them must be the same.
#pragma once

#include "tests/random/expressions.h"
#include "tests/random/random_scope.h"

namespace featc {

class RelatedOutputs {
 public:
  RelatedOutputs(RandomScope& scope, Expressions& expressions) : scope_(scope), expressions_(expressions) {}

  // Several outputs compare the same two lists of texts.
  void newComparisons();
  // Several outputs hash the same list, or its elements, in different ways.
  void newHashes();
  // The same output with other fields and numbers.
  void addSister(RandomOutput o);

 private:
  ExprPtr ofList(const ExprPtr& list, Type element);
  ExprPtr hashed(ExprPtr value);
  ExprPtr textList();
  ExprPtr sister(const ExprPtr& e);

  RandomScope& scope_;
  Expressions& expressions_;
  Rng& rng_ = scope_.rng;
  RandomProgram& program_ = scope_.program;
};

}  // namespace featc
