// SPDX-License-Identifier: Apache-2.0
// Lists of structs as wholes: an operator on one is the operator on each member that is used.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "frontend/expr_checker.h"
#include "ops/call_pattern.h"
#include "values/conversion.h"

namespace featc {

namespace {

// Whether a member can be the second argument of the call that is proposed for a list of structs.
bool fitsAsKey(const StructCall& meant, Type member) {
  if (!member.isList() || !member.element().isScalar()) return false;
  const Operator* op = operators().find(calledOperator(meant.call));
  return std::ranges::any_of(op->overloads, [&](const Overload& o) {
    return o.params[1].same(member) || convertsToFloat(member, o.params[1]);
  });
}

}  // namespace

const ExprChecker::Structs* ExprChecker::structsOf(ExprId id) const {
  auto found = structs_.find(id);
  return found == structs_.end() ? nullptr : found->second.get();
}

Type ExprChecker::setStructList(ExprId id, const StructListInfo& list) {
  checked_.exprs[id] = {Type(), Meaning::StructList, list.firstField, {true, 0}};
  auto structs = std::make_shared<Structs>(Structs{.first = list.firstField});
  for (uint32_t i = 0; i < list.members; ++i)
    structs->members.push_back(names_.fields()[list.firstField + i].type.type.plain());
  structs_[id] = std::move(structs);
  return {};
}

// Of a row that was read: the list of which `field` is a member.
Type ExprChecker::setStructList(ExprId id, Type row, uint32_t field) {
  uint64_t missingWith = checked_.exprs[ast_.child(ast_.expr(id), 0)].missingWith;
  checked_.exprs[id] = {row, Meaning::StructList, field, {true, 0}, missingWith};
  const std::vector<SourceField>& fields = checked_.info.sources[row.rowSource()].fields;
  StructList list = structListOf(fields, field);
  auto structs = std::make_shared<Structs>(Structs{.row = row, .first = static_cast<uint32_t>(list.first)});
  for (size_t i = list.first; i < list.end(); ++i) structs->members.push_back(fields[i].type.plain());
  structs_[id] = std::move(structs);
  return row;
}

std::string_view ExprChecker::memberOf(const Structs& structs, size_t index) const {
  size_t at = structs.first + index;
  if (structs.row.isNone()) return memberName(checked_.info.inputs[at]);
  return memberName(checked_.info.sources[structs.row.rowSource()].fields[at]);
}

Type ExprChecker::checkMember(ExprId id) {
  const Expr& e = ast_.expr(id);
  ExprId whole = ast_.child(e, 0);
  const Structs& structs = *structsOf(whole);
  const std::string& name = ast_.text(e);
  std::vector<std::string_view> members;
  for (uint32_t i = 0; i < structs.members.size(); ++i) {
    members.push_back(memberOf(structs, i));
    if (members.back() != name) continue;
    uint32_t member = structs.first + i;
    bool isRead = !structs.row.isNone();
    bool isPlain = checked_.exprs[whole].meaning == Meaning::StructList;
    if (!isRead) setInput(id, member);
    if (isRead && (isPlain || structs.row.rowAligned())) setRowField(id, structs.row, member);
    if (isPlain) return typeOf(id);
    Type type = isRead && structs.row.rowAligned() ? typeOf(id) : structs.members[i];
    const ExprInfo& list = checked_.exprs[whole];
    checked_.exprs[id] = {type, Meaning::Member, member, list.dependence, list.missingWith};
    return type;
  }
  if (names_.mayBeDeclared(name)) return {};
  const std::string& list = structs.row.isNone()
                                ? checked_.info.inputs[structs.first].structList
                                : checked_.info.sources[structs.row.rowSource()].fields[structs.first].structList;
  auto near = names_.nearest(name, members);
  std::string message = fmt::format("the list of structs \"{}\" has no member \"{}\"", list, name);
  if (near) message += fmt::format("; did you mean \"{}\"?", *near);
  Diagnostic& d = diagnostics_.report(DiagnosticKind::UnknownField, e.nameSpan, std::move(message));
  if (near) d.replace(e.nameSpan, written(*near));
  return {};
}

Diagnostic& ExprChecker::reportStructs(ExprId id, const std::function<bool(Type)>& fits) {
  std::shared_ptr<const Structs> structs = structs_[id];
  const Expr& e = ast_.expr(id);
  std::string text = texts_.of(e);
  std::vector<std::string> uses;
  auto addUses = [&](const auto& isMeant) {
    for (size_t i = 0; i < structs->members.size(); ++i)
      if (isMeant(structs->members[i])) uses.push_back(fmt::format("{}.{}", text, written(memberOf(*structs, i))));
  };
  if (fits) addUses(fits);
  bool isOnlyOne = uses.size() == 1;
  if (uses.empty()) addUses([](Type) { return true; });
  bool isNamed = e.kind == ExprKind::Name || e.kind == ExprKind::Field;
  Diagnostic& d = diagnostics_.report(
      DiagnosticKind::MisusedName, e.span,
      fmt::format("{} is a {}, name one of its members", isNamed ? fmt::format("\"{}\"", ast_.text(e)) : "this",
                  structs->isList ? "list of structs" : "struct"));
  constexpr size_t kShown = 3;
  if (isOnlyOne)
    d.replace(e.span, uses[0]);
  else
    d.note(fmt::format("for example {}", fmt::join(std::span(uses).subspan(0, std::min(uses.size(), kShown)), ", ")));
  // Which member was meant is not known, so that none is called unused.
  for (uint32_t i = 0; structs->row.isNone() && i < structs->members.size(); ++i)
    usage_.fields[structs->first + i] = true;
  structs_.erase(id);
  checked_.exprs[id] = {};
  return d;
}

void ExprChecker::reportStructArgument(const Expr& e, const Operator& op, const std::vector<ExprId>& args, size_t arg) {
  std::vector<Type> types;
  for (ExprId a : args) {
    const Structs* structs = structsOf(a);
    types.push_back(a == kNoExpr ? Type() : structs != nullptr ? structs->members[0] : typeOf(a));
  }
  auto fits = [&](Type type) {
    types[arg] = type;
    return !type.isNone() && resolve(op, types, checked_.info.semantics).has_value();
  };
  std::shared_ptr<const Structs> structs = structs_[args[arg]];
  std::string text = texts_.of(ast_.expr(args[arg]));
  // With another one beside it, no member alone makes sense.
  bool isAlone = std::ranges::all_of(args, [&](const ExprId& a) {
    bool isTaken = &a == args.data() && op.makesOfStructs != OfStructs::Nothing;
    return &a == &args[arg] || isTaken || structsOf(a) == nullptr;
  });
  Diagnostic& d = reportStructs(args[arg], isAlone ? std::function<bool(Type)>(fits) : nullptr);
  // `sort(visits)`: of whole structs one member says the order.
  const StructCall& meant = op.proposeForStructs;
  if (arg != 0 || meant.call.empty() || !structs->isList || e.kind != ExprKind::Call) return;
  for (size_t i = 0; i < structs->members.size(); ++i) {
    if (!fitsAsKey(meant, structs->members[i])) continue;
    std::string key = fmt::format("{}.{}", text, written(memberOf(*structs, i)));
    auto call = fillCall(meant.call, [&](uint32_t a, std::optional<uint32_t>) { return a == 0 ? text : key; });
    d.note(fmt::format("{}: {}", meant.says, call.value_or("")));
    return;
  }
}

// `sort_by(visits, "ts")`, as other libraries name a column.
bool ExprChecker::reportMemberInQuotes(const std::vector<ExprId>& args) {
  const Structs& structs = *structsOf(args[0]);
  for (size_t i = 1; i < args.size(); ++i) {
    if (args[i] == kNoExpr || ast_.expr(args[i]).kind != ExprKind::String) continue;
    const Expr& text = ast_.expr(args[i]);
    for (uint32_t m = 0; m < structs.members.size(); ++m) {
      if (memberOf(structs, m) != ast_.text(text)) continue;
      std::string member = fmt::format("{}.{}", texts_.of(ast_.expr(args[0])), written(memberOf(structs, m)));
      diagnostics_
          .report(DiagnosticKind::ArgumentType, text.span,
                  fmt::format("a member is not named in quotes; it is {}", member))
          .replace(text.span, member);
      return true;
    }
  }
  return false;
}

bool ExprChecker::rejectAlignedStructs(Span at, const Structs& structs) {
  if (!structs.row.isRow() || !structs.row.rowAligned()) return false;
  diagnostics_
      .report(DiagnosticKind::NotAList, at,
              "this row is read by a list of keys, so each key has its own list of structs")
      .note("read the row by a single key");
  return true;
}

Type ExprChecker::applyToStructs(ExprId id, const Operator& op, const std::vector<ExprId>& args) {
  const Expr& e = ast_.expr(id);
  bool ok = true;
  for (size_t i = 0; i < args.size(); ++i) {
    const Structs* structs = structsOf(args[i]);
    if (structs == nullptr || (i == 0 && op.makesOfStructs != OfStructs::Nothing && structs->isList)) continue;
    reportStructArgument(e, op, args, i);
    ok = false;
  }
  if (!ok || reportMemberInQuotes(args)) return {};
  std::shared_ptr<const Structs> from = structs_[args[0]];
  if (rejectAlignedStructs(ast_.expr(args[0]).span, *from)) return {};
  auto made = std::make_shared<Structs>(Structs{.row = from->row, .first = from->first});
  made->isList = op.makesOfStructs == OfStructs::List;
  Dependence dependence;
  std::vector<Type> types;
  std::optional<Resolution> resolution;
  for (Type member : from->members) {
    if (member.isNone()) {  // a mistake of its declaration
      made->members.emplace_back();
      continue;
    }
    if (!argumentTypes(e, op, args, member, types, dependence)) return {};
    resolution = resolve(op, types, checked_.info.semantics);
    if (!resolution) {
      errors_.reportNoOverload(e, op, args, types);
      return {};
    }
    made->members.push_back(resultType(op, *resolution, converted(*resolution, types)));
  }
  if (!resolution) return {};
  CallInfo call{.callee = CalleeKind::Operator, .op = &op, .ofStructs = true};
  if (op.makesOfStructs == OfStructs::Value) chooseMembers(call, *from);
  setCall(id, call, args, op.makesOfStructs == OfStructs::Value ? made->members[0] : Type(), dependence,
          missingWithOf(op, *resolution, args));
  if (!checkConstants(id, checked_.calls.back(), *resolution, types)) {
    checked_.exprs[id] = {};
    return {};
  }
  if (op.makesOfStructs != OfStructs::Value) structs_[id] = std::move(made);
  return typeOf(id);
}

// A caller may leave out a member of a list that may be missing: any other has the list's length, too. What a source
// gives has all of its members.
void ExprChecker::chooseMembers(CallInfo& call, const Structs& structs) {
  bool mayMiss = structs.row.isNone() && names_.fields()[structs.first].type.type.nullable();
  call.firstMember = structs.first;
  call.memberCount = mayMiss ? static_cast<uint32_t>(structs.members.size()) : 1;
  if (structs.row.isNone()) usage_.fields[structs.first] = true;
}

}  // namespace featc
