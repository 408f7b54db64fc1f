// SPDX-License-Identifier: Apache-2.0
// Sequence groups: which lists they go over, and what `it` stands for in their statements.
#include <fmt/format.h>

#include <utility>

#include "frontend/expr_checker.h"

namespace featc {

void ExprChecker::checkGroup(uint32_t group) {
  groupKnown_.resize(ast_.groups.size());
  if (groupKnown_[group]) return;
  groupKnown_[group] = true;
  GroupInfo& info = checked_.groups[group];
  info.firstElement = static_cast<uint32_t>(checked_.elements.size());
  uint32_t around = std::exchange(group_, kNoGroup);
  checkGroupLists(group);
  group_ = around;
  info.elementCount = static_cast<uint32_t>(checked_.elements.size()) - info.firstElement;
}

Type ExprChecker::checkValueInGroup(ExprId id, uint32_t group) {
  if (group == kNoGroup) return checkValue(id);
  checkGroup(group);
  group_ = group;
  Type type = checkValue(id);
  group_ = kNoGroup;
  return type;
}

void ExprChecker::checkGroupLists(uint32_t group) {
  const std::vector<ExprId>& over = ast_.groups[group].over;
  if (over.size() == 1) return addElement(group, {}, over[0]);
  for (ExprId list : over) {
    const Expr& e = ast_.expr(list);
    if (e.kind != ExprKind::Name && e.kind != ExprKind::Field) {
      diagnostics_
          .report(DiagnosticKind::NotAList, e.span,
                  "of several lists each needs a name, by which \"it\" finds its element")
          .note("give it one with a let before the group");
      continue;
    }
    std::string_view name = ast_.text(e);
    for (uint32_t i = checked_.groups[group].firstElement; i < checked_.elements.size(); ++i) {
      const ElementInfo& first = checked_.elements[i];
      if (first.name != name) continue;
      diagnostics_
          .report(DiagnosticKind::DuplicateName, e.span, fmt::format("two lists of this group are called \"{}\"", name))
          .note(ast_.expr(first.list).span, "the first one")
          .note("give one another name with a let before the group");
    }
    addElement(group, name, list);
  }
}

void ExprChecker::addElement(uint32_t group, std::string_view name, ExprId list) {
  // One list alone may be of structs, of which each member is an element.
  if (list != kNoExpr) check(list, name.empty() ? Use::Member : Use::Value);
  if (list != kNoExpr && name.empty() && checked_.exprs[list].meaning == Meaning::StructList)
    return addMembers(group, list);
  ElementInfo element{name, {}, group, list};
  Type type = list == kNoExpr ? Type() : checkedOperand(list);
  if (!type.isNone() && !rejectRow(list)) {
    if (type.isList()) {
      element.type = type.element().withNullable();
    } else {
      Diagnostic& d = diagnostics_.report(
          DiagnosticKind::NotAList, ast_.expr(list).span,
          fmt::format("a sequence group goes over a list, not over {}", describeType(type.present(), ast_)));
      if (type.isMap()) d.note("the keys in their order: map_keys(x)");
    }
  }
  checked_.elements.push_back(element);
}

void ExprChecker::addMembers(uint32_t group, ExprId list) {
  const ExprInfo& info = checked_.exprs[list];
  auto add = [&](const auto& fields) {
    StructList members = structListOf(fields, info.target);
    for (size_t i = members.first; i < members.end(); ++i)
      checked_.elements.push_back(
          {memberName(fields[i]), fields[i].type.element().withNullable(), group, list, static_cast<uint32_t>(i)});
  };
  if (!info.type.isRow()) return add(checked_.info.inputs);
  if (!info.type.rowAligned()) return add(checked_.info.sources[info.type.rowSource()].fields);
  diagnostics_
      .report(DiagnosticKind::NotAList, ast_.expr(list).span,
              "this is read by a list of keys, so that each of them has a list of structs of its own")
      .note("read the row by a single key");
}

bool ExprChecker::isElement(ExprId id) const {
  const Expr& e = ast_.expr(id);
  return group_ != kNoGroup && e.kind == ExprKind::Name && ast_.text(e) == kElementName;
}

Type ExprChecker::setElement(ExprId id, uint32_t element) {
  const ElementInfo& info = checked_.elements[element];
  if (!info.type.isNone()) checked_.exprs[id] = {info.type, Meaning::Element, element, {true, 0}};
  if (info.member && !checked_.exprs[info.list].type.isRow()) usage_.fields[*info.member] = true;
  return info.type;
}

// `it.price, it.ts`
std::string ExprChecker::elementNames(const GroupInfo& info) const {
  std::string names;
  for (uint32_t i = 0; i < info.elementCount; ++i) {
    names += fmt::format("{}{}.{}", names.empty() ? "" : ", ", kElementName,
                         written(checked_.elements[info.firstElement + i].name));
  }
  return names;
}

Type ExprChecker::checkElement(ExprId id) {
  const GroupInfo& info = checked_.groups[group_];
  if (info.elementCount == 0) return {};
  if (checked_.elements[info.firstElement].name.empty()) return setElement(id, info.firstElement);
  diagnostics_
      .report(DiagnosticKind::MisusedName, ast_.expr(id).span,
              "what the group goes over has several parts, so \"it\" is no value by itself")
      .note(fmt::format("name one of: {}", elementNames(info)));
  return {};
}

Type ExprChecker::checkElementField(ExprId id) {
  const Expr& e = ast_.expr(id);
  const GroupInfo& info = checked_.groups[group_];
  if (info.elementCount == 0) return {};
  const std::string& name = ast_.text(e);
  std::vector<std::string_view> names;
  for (uint32_t i = info.firstElement; i < info.firstElement + info.elementCount; ++i) {
    const ElementInfo& element = checked_.elements[i];
    if (element.name == name) return setElement(id, i);
    if (element.name.empty()) {
      if (element.type.isNone()) return {};
      diagnostics_
          .report(DiagnosticKind::NotARow, e.nameSpan,
                  fmt::format("the group goes over one list, whose elements are {} and have no fields",
                              describeType(element.type.present(), ast_)))
          .replace(e.span, std::string(kElementName));
      return {};
    }
    names.push_back(element.name);
  }
  std::string message = fmt::format("the elements of this group have no \"{}\"", name);
  auto near = names_.nearest(name, names);
  if (near) message += fmt::format("; did you mean \"{}\"?", *near);
  Diagnostic& d = diagnostics_.report(DiagnosticKind::UnknownField, e.nameSpan, std::move(message));
  d.note(fmt::format("there is: {}", elementNames(info)));
  if (near) d.replace(e.nameSpan, written(*near));
  return {};
}

}  // namespace featc
