// SPDX-License-Identifier: Apache-2.0
// Sequence groups as nodes of the graph: the lists that `it` stands for, and values for each element.
//
// Every value for each element of one group is a list of the same length as the others, missing where
// they are: elements stay aligned across all outputs of the group.
#include <fmt/format.h>

#include "frontend/lowering.h"

namespace featc {

// Whether it is a member of a list of structs that the caller supplies.
bool Lowering::isInput(const ElementInfo& element) const {
  return element.member && !checked_.exprs[element.list].type.isRow();
}

// Lowers the group's lists first, one after the other; their values are on top of the stack then.
bool Lowering::stepElement(Frame& frame, uint32_t element) {
  elements_.resize(checked_.elements.size(), kNoNode);
  uint32_t group = checked_.elements[element].group;
  const GroupInfo& info = checked_.groups[group];
  if (elements_[element] == kNoNode) {
    if (frame.next < info.elementCount) {
      const ElementInfo& next = checked_.elements[info.firstElement + frame.next++];
      if (isInput(next))
        values_.push_back({graph_.addInput(*next.member, ast_.expr(next.list).span)});
      else
        frames_.push_back({.expr = next.list});
      return true;
    }
    makeElements(group, popArgs(info.elementCount));
  }
  Span span = ast_.expr(frame.expr).span;
  done({elements_[element], true});
  return withinLimits(span);
}

void Lowering::makeElements(uint32_t group, std::vector<Lowered> lists) {
  uint32_t first = checked_.groups[group].firstElement;
  NodeId length = graph_.addConstant(Value::of(ast_.groups[group].length->value), Type::int64());
  for (uint32_t i = 0; i < lists.size(); ++i) {
    const ElementInfo& element = checked_.elements[first + i];
    Span origin = ast_.expr(element.list).span;
    NodeId list = lists[i].node;
    if (element.member && !isInput(element)) list = graph_.addField(list, *element.member, origin);
    elements_[first + i] = callEach("head", 0, {list, length}, origin);
  }
  // Members of one list are equally long.
  if (lists.size() == 1 || checked_.elements[first].member) return;
  // As long as the longest: a list of true or false for each element, whichever list has it.
  NodeId longest = anchorOf(group);
  for (uint32_t i = 0; i < lists.size(); ++i) {
    Span origin = ast_.expr(checked_.elements[first + i].list).span;
    elements_[first + i] = callEach("lengthened", 0, {elements_[first + i], longest}, origin);
  }
}

// A list of bools, none of them missing, that is missing or as long as what `it` stands for.
NodeId Lowering::anchorOf(uint32_t group) {
  const GroupInfo& info = checked_.groups[group];
  const Operator& both = *operators().find("and");
  NodeId anchor = kNoNode;
  // Members of one list are equally long.
  uint32_t count = checked_.elements[info.firstElement].member ? 1 : info.elementCount;
  for (uint32_t i = info.firstElement; i < info.firstElement + count; ++i) {
    Span origin = ast_.expr(checked_.elements[i].list).span;
    NodeId here = callEach("is_missing", 1, {elements_[i]}, origin);
    if (anchor == kNoNode) {
      anchor = here;
      continue;
    }
    // Element by element, so that a list that is missing only leaves its own elements missing.
    std::array args{anchor, here};
    std::optional<Resolution> ofElements =
        resolve(both, std::array{Type::boolean(), Type::boolean()}, graph_.info().semantics);
    CallResolution resolution(*ofElements, 3);
    anchor = graph_.addCall(both, resolution, args, origin);
  }
  return anchor;
}

NodeId Lowering::lowerEach(ExprId id, uint32_t group, std::span<const Operator* const> steps) {
  std::optional<Lowered> value = run(id);
  if (!value) return kNoNode;
  Span span = ast_.expr(id).span;
  NodeId node = value->node;
  if (!value->each) {
    // The same for every element: the lists say how many there are.
    const GroupInfo& info = checked_.groups[group];
    elements_.resize(checked_.elements.size(), kNoNode);
    if (elements_[info.firstElement] == kNoNode) {
      std::vector<Lowered> lists;
      for (uint32_t i = 0; i < info.elementCount; ++i) {
        const ElementInfo& element = checked_.elements[info.firstElement + i];
        std::optional<Lowered> list =
            isInput(element) ? Lowered{graph_.addInput(*element.member, span)} : run(element.list);
        if (!list) return kNoNode;
        lists.push_back(*list);
      }
      makeElements(group, std::move(lists));
    }
    node = callEach("if", 1, {anchorOf(group), node, node}, span);
  }
  for (const Operator* step : steps) node = graph_.callEach(*step, 1, std::span<const NodeId>(&node, 1), span);
  return withinLimits(span) ? node : kNoNode;
}

NodeId Lowering::alignedField(NodeId field, NodeId read) {
  NodeId elements = kNoNode;
  bool mayMiss = false;
  for (NodeId key : graph_.args(read)) {
    Type type = graph_.node(key).type;
    if (type.isList())
      elements = key;
    else
      mayMiss = mayMiss || type.nullable();
  }
  // Where a key beside the elements is missing, nothing is read for the row.
  if (!mayMiss) return field;
  Span origin = graph_.node(field).origin;
  return callEach("lengthened", 0, {field, callEach("is_missing", 1, {elements}, origin)}, origin);
}

bool Lowering::addRead(const CallInfo& call, const std::vector<Lowered>& args, ExprId id) {
  Span span = ast_.expr(id).span;
  bool each = false;
  bool lists = false;  // whose elements would be keys beside the elements of the group
  std::vector<NodeId> keys;
  for (Lowered arg : args) {
    Type type = graph_.node(arg.node).type;
    each = each || arg.each;
    lists = lists || (arg.each ? type.element() : type).isList();
    keys.push_back(arg.node);
  }
  if (each && lists) {
    diagnostics_.report(DiagnosticKind::ArgumentType, span,
                        "for each element of a sequence group a source is read by one key, not by a list of them");
    return false;
  }
  done({graph_.addRead(call.index, keys, span), each});
  return withinLimits(span);
}

}  // namespace featc
