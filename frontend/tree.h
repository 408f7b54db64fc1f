// SPDX-License-Identifier: Apache-2.0
// What a node of a parse tree is, without the cost of dynamic casts.
#pragma once

#include "FeatParser.h"

namespace featc {

inline constexpr size_t kNoRule = SIZE_MAX;

// Every rule of the grammar takes at least one token, so only leaves are without children.
inline bool isLeaf(const antlr4::tree::ParseTree* node) { return node->children.empty(); }

inline size_t leafType(antlr4::tree::ParseTree* node) {
  if (!isLeaf(node)) return antlr4::Token::INVALID_TYPE;
  return static_cast<antlr4::tree::TerminalNode*>(node)->getSymbol()->getType();
}

inline size_t ruleOf(antlr4::tree::ParseTree* node) {
  return isLeaf(node) ? kNoRule : static_cast<antlr4::ParserRuleContext*>(node)->getRuleIndex();
}

// The node as the context class of a rule, or null where it is of another.
template <typename Context>
Context* as(antlr4::tree::ParseTree* node, size_t rule) {
  return ruleOf(node) == rule ? static_cast<Context*>(node) : nullptr;
}

}  // namespace featc
