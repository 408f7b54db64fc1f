// SPDX-License-Identifier: Apache-2.0
// Fns called with lists for single values: the body is computed for each element of the lists.
//
// As of operators that map over lists, the result is missing where one of the lists is, as long as the longest of
// them, and missing for an element where a parameter that cannot be missing has none.
//
// Where the call itself is computed for each element of other lists, each has lists of its own: their elements are
// laid out in one list, for which the body is computed, and what comes out is cut into lists again.
#include <fmt/format.h>

#include "frontend/lowering.h"

namespace featc {

namespace {

bool maps(const CallInfo& call, size_t arg) { return (call.mapMask >> arg & 1U) != 0; }

}  // namespace

bool Lowering::mapArguments(const CallInfo& call, std::vector<Lowered>& args, Span origin, NodeId& lists) {
  bool isNested = false;
  uint32_t mapped = 0;
  Lowered longest;  // of bools: as long as what the fn is mapped over, and missing where that is
  for (size_t i = 0; i < args.size(); ++i) {
    isNested = isNested || args[i].each;
    if (!maps(call, i)) continue;
    ++mapped;
    Lowered absent{callEach("is_absent", args[i].each ? 1 : 0, {args[i].node}, origin), args[i].each};
    if (longest.node == kNoNode) {
      longest = absent;
      continue;
    }
    uint64_t mask = (longest.each ? 1U : 0U) | (absent.each ? 2U : 0U);
    longest = {callEach("or", mask, {longest.node, absent.node}, origin), mask != 0};
  }
  if (!isNested) {
    for (size_t i = 0; i < args.size(); ++i) {
      if (!maps(call, i)) continue;
      if (mapped > 1) args[i].node = callEach("lengthened", 0, {args[i].node, longest.node}, origin);
      args[i].each = true;
    }
    return true;
  }
  if (checked_.fns[call.index].result.isScalar()) {
    lists = longest.each ? longest.node : sameForEach(longest.node, args, origin);
    for (size_t i = 0; i < args.size(); ++i) {
      if (maps(call, i)) {
        uint64_t mask = args[i].each ? 3 : 2;
        NodeId node =
            mask == 3 && mapped == 1 ? args[i].node : callEach("lengthened", mask, {args[i].node, lists}, origin);
        args[i] = {callEach("flatten", 0, {node}, origin), true};
      } else if (args[i].each) {
        args[i].node = callEach("repeated", 0, {args[i].node, lists}, origin);
      }
    }
    return true;
  }
  const Name& fn = ast_.fns[call.index].name;
  diagnostics_
      .report(DiagnosticKind::ArgumentType, origin,
              fmt::format("for each element of one list fn \"{}\" gives a list for each element of another, and lists "
                          "do not nest so deep",
                          fn.text))
      .note(fn.span, "the fn is declared here");
  return false;
}

// The value for each element of what an argument is computed for.
NodeId Lowering::sameForEach(NodeId value, const std::vector<Lowered>& args, Span origin) {
  for (const Lowered& arg : args) {
    if (!arg.each) continue;
    NodeId elements = callEach("is_missing", 1, {arg.node}, origin);
    return callEach("if", 1, {elements, value, value}, origin);
  }
  return value;
}

Lowering::Lowered Lowering::mappedResult(const CallInfo& call, const std::vector<Lowered>& args, Lowered body,
                                         NodeId lists, Span origin) {
  const FnDecl& fn = ast_.fns[call.index];
  uint64_t missingWith = checked_.fns[call.index].missingWith;
  NodeId anyAbsent = kNoNode;  // where an argument is that may not be, and the body does not see to it
  std::vector<Lowered> elements;
  for (size_t i = 0; i < args.size(); ++i) {
    if (!maps(call, i)) continue;
    elements.push_back(args[i]);
    if (fn.params[i].type.type.nullable() || (missingWith >> i & 1U) != 0) continue;
    NodeId absent = callEach("is_absent", 1, {args[i].node}, origin);
    anyAbsent = anyAbsent == kNoNode ? absent : callEach("or", 3, {anyAbsent, absent}, origin);
  }
  NodeId result = body.node;
  if (anyAbsent != kNoNode) {
    Type type = graph_.node(body.node).type;
    NodeId missing = graph_.addConstant(Value::missing(), (body.each ? type.element() : type).withNullable(), origin);
    result = callEach("if", body.each ? 5 : 1, {anyAbsent, missing, body.node}, origin);
  } else if (!body.each) {
    result = sameForEach(body.node, elements, origin);
  }
  if (lists == kNoNode) return {result};
  return {callEach("regrouped", 0, {result, lists}, origin), true};
}

}  // namespace featc
