// SPDX-License-Identifier: Apache-2.0
// Sequence groups: which lists they go over, and what `it` stands for in their statements.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

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
  info.elementCount = static_cast<uint32_t>(checked_.elements.size()) - info.firstElement;
  if (ast_.groups[group].where != kNoExpr) checkWhere(group);
  group_ = around;
}

void ExprChecker::checkWhere(uint32_t group) {
  GroupInfo& info = checked_.groups[group];
  info.firstWhole = static_cast<uint32_t>(checked_.elements.size());
  for (uint32_t i = 0; i < info.elementCount; ++i)
    checked_.elements.push_back(ElementInfo(checked_.elements[info.firstElement + i]));
  ExprId where = ast_.groups[group].where;
  group_ = group;
  inWhere_ = true;
  Type type = checkValue(where);
  inWhere_ = false;
  group_ = kNoGroup;
  if (type.isNone() || errors_.rejectRow(where)) return;
  const Expr& e = ast_.expr(where);
  if (!type.is(Kind::Bool)) {
    Diagnostic& d =
        diagnostics_.report(DiagnosticKind::ArgumentType, e.span,
                            fmt::format("\"where\" takes a bool that says whether an element stays, but this is {}",
                                        toString(type.present())));
    if (!type.isList())
      errors_.noteConversions(d, e, type.present(), {Type::boolean()});
    else
      d.note(fmt::format("the condition is about one element at a time: {}", elementNames(info)));
  }
  if (type.is(Kind::Bool) || (type.isList() && type.element().is(Kind::Bool))) checkUsesElement(where, group);
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
                  "with several lists each needs a name, by which \"it\" finds its element")
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
  if (list != kNoExpr) check(list, name.empty() ? Use::Any : Use::Value);
  if (list != kNoExpr && structsOf(list) != nullptr) return addMembers(group, list);
  ElementInfo element{name, {}, group, list};
  Type type = list == kNoExpr ? Type() : checkedOperand(list);
  if (!type.isNone() && !errors_.rejectRow(list)) {
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
  const Structs& structs = *structsOf(list);
  if (!structs.isList) {
    diagnostics_.report(DiagnosticKind::NotAList, ast_.expr(list).span,
                        "a sequence group goes over a list of structs, not over one of them");
    return;
  }
  if (rejectAlignedStructs(ast_.expr(list).span, structs)) return;
  for (uint32_t i = 0; i < structs.members.size(); ++i) {
    Type type = structs.members[i];
    checked_.elements.push_back(
        {memberOf(structs, i), type.isNone() ? type : type.element().withNullable(), group, list, structs.first + i});
  }
}

// Whether both are the same field, let or list, however it is written.
bool ExprChecker::isSameValue(ExprId a, ExprId b) const {
  const ExprInfo& x = checked_.exprs[a];
  const ExprInfo& y = checked_.exprs[b];
  if (x.meaning != y.meaning || x.target != y.target) return false;
  switch (x.meaning) {
    case Meaning::Input:
    case Meaning::Let: return true;
    case Meaning::StructList:
      if (!x.type.isRow() || !y.type.isRow()) return x.type.isRow() == y.type.isRow();
      [[fallthrough]];
    case Meaning::Field: return isSameValue(ast_.child(ast_.expr(a), 0), ast_.child(ast_.expr(b), 0));
    default: return false;
  }
}

// Whether it is the whole list whose element is meant.
bool ExprChecker::isReadOf(ExprId id, const ElementInfo& element) const {
  if (!element.member) return isSameValue(id, element.list);
  const ExprInfo& info = checked_.exprs[id];
  if (info.target != *element.member) return false;
  const ExprInfo& list = checked_.exprs[element.list];
  if (list.meaning == Meaning::StructList && !list.type.isRow()) return info.meaning == Meaning::Input;
  bool isMember = info.meaning == Meaning::Field || info.meaning == Meaning::Member;
  return isMember && isSameValue(ast_.child(ast_.expr(id), 0), element.list);
}

// The element that stands for what is read instead of it: by the same name, or of the list that is read.
std::optional<uint32_t> ExprChecker::elementMeant(ExprId id, uint32_t group) const {
  const Expr& e = ast_.expr(id);
  const ExprInfo& info = checked_.exprs[id];
  const GroupInfo& elements = checked_.groups[group];
  if (info.type.isNone() || info.meaning == Meaning::Element) return std::nullopt;
  for (uint32_t i = elements.firstElement; i < elements.firstElement + elements.elementCount; ++i) {
    const ElementInfo& element = checked_.elements[i];
    if (element.type.isNone()) continue;
    if (isReadOf(id, element) || (e.kind == ExprKind::Name && ast_.text(e) == element.name)) return i;
  }
  return std::nullopt;
}

// Whether the element could stand there.
bool ExprChecker::takesElement(ExprId parent, ExprId arg, Type element) const {
  if (parent == kNoExpr) return true;
  const ExprInfo& info = checked_.exprs[parent];
  if (info.meaning != Meaning::Call) return true;
  const CallInfo& call = checked_.calls[info.target];
  std::vector<Type> types;
  for (uint32_t i = 0; i < call.argCount; ++i) {
    ExprId id = checked_.args[call.firstArg + i];
    Type type = id == kNoExpr ? Type() : typeOf(id);
    if (call.callee == CalleeKind::Fn && id == arg) {
      Type wanted = ast_.fns[call.index].params[i].type.type;
      return wanted.isList() == element.isList() && (wanted.nullable() || !element.nullable());
    }
    types.push_back(id == arg ? element : type);
  }
  return call.callee != CalleeKind::Operator || resolve(*call.op, types, checked_.info.semantics).has_value();
}

void ExprChecker::warnWithoutElement(ExprId id, const ElementInfo& element) {
  const Expr& e = ast_.expr(id);
  std::string it(kElementName);
  if (!element.name.empty()) it += "." + written(element.name);
  bool isList = isReadOf(id, element);
  std::string text = texts_.of(e);
  Diagnostic& d = diagnostics_.report(
      DiagnosticKind::WithoutElement, e.span,
      isList ? fmt::format("this is the whole list \"{}\" for each element of the group; the element's own value is {}",
                           text, it)
             : fmt::format("this \"{}\" is the same for each element of the group; the element's own value is {}", text,
                           it));
  const ExprInfo& info = checked_.exprs[id];
  if (isList)
    d.note("if that is meant, give it a name with a let before the group");
  else if (info.meaning == Meaning::Input)
    d.note(fmt::format("if that is meant, write {}.{}", scopeName(names_.fields()[info.target].scope), text));
  else
    d.note("if that is meant, give the let another name");
  d.replace(e.span, it);
}

void ExprChecker::checkUsesElement(ExprId root, uint32_t group) {
  constexpr size_t kRoot = SIZE_MAX;
  struct Visit {
    ExprId expr;
    size_t parent;
  };
  std::vector<Visit> visits{{root, kRoot}};
  struct Slip {
    size_t at;         // in visits
    uint32_t element;  // that is meant
  };
  std::vector<Slip> slips;
  std::unordered_set<uint32_t> lets;
  for (size_t at = 0; at < visits.size(); ++at) {
    ExprId id = visits[at].expr;
    if (id == kNoExpr) continue;
    const Expr& e = ast_.expr(id);
    const ExprInfo& info = checked_.exprs[id];
    if (info.meaning == Meaning::Element) return;
    if (info.meaning == Meaning::Let && ast_.lets[info.target].group == group) {
      if (lets.insert(info.target).second) visits.push_back({ast_.lets[info.target].value, at});
    } else if (auto element = elementMeant(id, group)) {
      slips.push_back({at, *element});
    } else {
      for (uint32_t i = 0; i < e.childCount; ++i) visits.push_back({ast_.child(e, i), at});
    }
  }
  // A list that something makes one value of is meant as a whole: max(clicks.ts), any(clicks == item_id).
  auto isWhole = [&](const Slip& slip) {
    if (!typeOf(visits[slip.at].expr).isList()) return false;
    for (size_t i = visits[slip.at].parent; i != kRoot; i = visits[i].parent)
      if (!typeOf(visits[i].expr).isList()) return true;
    return false;
  };
  if (std::ranges::any_of(slips, isWhole)) return;
  for (const Slip& slip : slips) {
    const Visit& v = visits[slip.at];
    const ElementInfo& element = checked_.elements[slip.element];
    ExprId parent = v.parent == kRoot ? kNoExpr : visits[v.parent].expr;
    if (takesElement(parent, v.expr, element.type) && withoutElement_.insert(v.expr).second)
      warnWithoutElement(v.expr, element);
  }
}

uint32_t ExprChecker::firstElement() const {
  const GroupInfo& info = checked_.groups[group_];
  return inWhere_ ? info.firstWhole : info.firstElement;
}

bool ExprChecker::isElement(ExprId id) const {
  const Expr& e = ast_.expr(id);
  return group_ != kNoGroup && e.kind == ExprKind::Name && ast_.text(e) == kElementName;
}

Type ExprChecker::setElement(ExprId id, uint32_t element) {
  const ElementInfo& info = checked_.elements[element];
  if (!info.type.isNone()) checked_.exprs[id] = {info.type, Meaning::Element, element, {true, 0}};
  if (info.member && structsOf(info.list)->row.isNone()) usage_.fields[*info.member] = true;
  return info.type;
}

// `it.price, it.ts`
std::string ExprChecker::elementNames(const GroupInfo& info) const {
  if (info.elementCount > 0 && checked_.elements[info.firstElement].name.empty()) return std::string(kElementName);
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
  if (checked_.elements[firstElement()].name.empty()) return setElement(id, firstElement());
  diagnostics_
      .report(DiagnosticKind::MisusedName, ast_.expr(id).span,
              "an element of this group has several parts, so \"it\" is not a value by itself")
      .note(fmt::format("name one of: {}", elementNames(info)));
  return {};
}

Type ExprChecker::checkElementField(ExprId id) {
  const Expr& e = ast_.expr(id);
  const GroupInfo& info = checked_.groups[group_];
  if (info.elementCount == 0) return {};
  const std::string& name = ast_.text(e);
  std::vector<std::string_view> names;
  for (uint32_t i = firstElement(); i < firstElement() + info.elementCount; ++i) {
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
