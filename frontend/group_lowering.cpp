// SPDX-License-Identifier: Apache-2.0
// Sequence groups as nodes of the graph: the lists that `it` stands for, and values for each element.
//
// Every value for each element of one group is a list of the same length as the others, missing where
// they are: elements stay aligned across all outputs of the group.
#include <algorithm>

#include "frontend/lowering.h"

namespace featc {

bool Lowering::stepElement(Frame& frame, uint32_t element) {
  elements_.resize(checked_.elements.size(), kNoNode);
  if (elements_[element] == kNoNode) {
    frames_.push_back({.expr = frame.expr, .group = checked_.elements[element].group});
    return true;
  }
  Span span = ast_.expr(frame.expr).span;
  done({elements_[element], true});
  return withinLimits(span);
}

// Whether its list is a member of a row that was read: the row is lowered first.
bool Lowering::isOfRow(const ElementInfo& element) const {
  const ExprInfo& list = checked_.exprs[element.list];
  return element.member && list.meaning == Meaning::StructList && list.type.isRow();
}

NodeId Lowering::listOf(uint32_t element, NodeId lowered) {
  const ElementInfo& info = checked_.elements[element];
  return isOfRow(info) ? graph_.addField(lowered, *info.member, ast_.expr(info.list).span) : lowered;
}

// The lists first, one after the other; then which of their elements stay.
bool Lowering::stepGroup(Frame& frame) {
  const GroupDecl& decl = ast_.groups[frame.group];
  const GroupInfo& info = checked_.groups[frame.group];
  Span span = ast_.expr(decl.over[0]).span;
  if (frame.next < info.elementCount) {
    const ElementInfo& next = checked_.elements[info.firstElement + frame.next++];
    frames_.push_back({.expr = next.list, .member = isOfRow(next) ? kNoMember : next.member.value_or(kNoMember)});
    return true;
  }
  elements_.resize(checked_.elements.size(), kNoNode);
  uint32_t group = frame.group;
  auto whole = elements_.begin() + info.firstWhole;
  std::vector<NodeId> lists;
  NodeId keep = kNoNode;
  if (frame.next++ == info.elementCount) {
    for (Lowered list : popArgs(info.elementCount)) lists.push_back(list.node);
    if (decl.where != kNoExpr || decl.last)
      for (uint32_t i = 0; i < lists.size(); ++i) lists[i] = listOf(info.firstElement + i, lists[i]);
    if (decl.where != kNoExpr) {
      lengthen(group, lists);
      std::ranges::copy(lists, whole);
      frames_.push_back({.expr = decl.where});
      return withinLimits(span);
    }
  } else {
    lists.assign(whole, whole + info.elementCount);
    keep = valueOfEach(popArgs(1)[0], group, info.firstWhole, ast_.expr(decl.where).span);
  }
  frames_.pop_back();
  makeElements(group, std::move(lists), keep);
  return withinLimits(span);
}

void Lowering::makeElements(uint32_t group, std::vector<NodeId> lists, NodeId keep) {
  const GroupDecl& decl = ast_.groups[group];
  uint32_t first = checked_.groups[group].firstElement;
  bool isPlain = keep == kNoNode && !decl.last;
  auto cut = [&](std::string_view op, int64_t count) {
    NodeId n = graph_.addConstant(Value::of(count), Type::int64());
    for (uint32_t i = 0; i < lists.size(); ++i) {
      // In this order of nodes, on which fingerprints of configs depend.
      NodeId list = isPlain ? listOf(first + i, lists[i]) : lists[i];
      lists[i] = callEach(op, 0, {list, n}, ast_.expr(checked_.elements[first + i].list).span);
    }
  };
  if (keep != kNoNode) {
    for (uint32_t i = 0; i < lists.size(); ++i)
      lists[i] = callEach("mask", 0, {lists[i], keep}, ast_.expr(checked_.elements[first + i].list).span);
  } else if (decl.last) {
    // The last ones of the longest list, also in a shorter one.
    lengthen(group, lists);
  }
  if (decl.last) cut("tail", decl.last->value);
  const auto& most = decl.first && (!decl.length || decl.first->value < decl.length->value) ? decl.first : decl.length;
  if (most && (!decl.last || most->value < decl.last->value)) cut("head", most->value);
  if (isPlain) lengthen(group, lists);
  std::ranges::copy(lists, elements_.begin() + first);
}

void Lowering::lengthen(uint32_t group, std::vector<NodeId>& lists) {
  uint32_t first = checked_.groups[group].firstElement;
  // Members of one list are equally long.
  if (lists.size() == 1 || checked_.elements[first].member) return;
  // As long as the longest: a list of true or false for each element, whichever list has it.
  NodeId longest = anchorOf(group, lists);
  for (uint32_t i = 0; i < lists.size(); ++i)
    lists[i] = callEach("lengthened", 0, {lists[i], longest}, ast_.expr(checked_.elements[first + i].list).span);
}

// A list of bools, none of them missing, that is missing or as long as the longest of the group's lists.
NodeId Lowering::anchorOf(uint32_t group, std::span<const NodeId> lists, bool ofAnyMember) {
  uint32_t first = checked_.groups[group].firstElement;
  const Operator& both = *operators().find("and");
  NodeId anchor = kNoNode;
  // Members of one list are equally long.
  size_t count = checked_.elements[first].member && !ofAnyMember ? 1 : lists.size();
  for (uint32_t i = 0; i < count; ++i) {
    Span origin = ast_.expr(checked_.elements[first + i].list).span;
    NodeId here = callEach("is_missing", 1, {lists[i]}, origin);
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

NodeId Lowering::valueOfEach(Lowered value, uint32_t group, uint32_t firstElement, Span origin) {
  if (value.each) return value.node;
  // The same for every element: the lists say how many there are.
  const GroupInfo& info = checked_.groups[group];
  auto lists = std::span(elements_).subspan(firstElement, info.elementCount);
  // A caller may leave out a member of a list that may be missing: any other has the elements, too. Lines go by the
  // first member in all versions of the meaning.
  bool isWhere = firstElement != info.firstElement;
  bool ofAnyMember = isWhere && graph_.node(lists[0]).type.nullable();
  return callEach("if", 1, {anchorOf(group, lists, ofAnyMember), value.node, value.node}, origin);
}

NodeId Lowering::lowerEach(ExprId id, uint32_t group, std::span<const Operator* const> steps) {
  std::optional<Lowered> value = run(id);
  if (!value) return kNoNode;
  Span span = ast_.expr(id).span;
  uint32_t first = checked_.groups[group].firstElement;
  elements_.resize(checked_.elements.size(), kNoNode);
  if (!value->each && elements_[first] == kNoNode && !run(Frame{.expr = id, .group = group})) return kNoNode;
  NodeId node = valueOfEach(*value, group, first, span);
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
                        "a read for each element of a list takes one key, not a list of keys");
    return false;
  }
  done({graph_.addRead(call.index, keys, span), each});
  return withinLimits(span);
}

}  // namespace featc
