// SPDX-License-Identifier: Apache-2.0
// Names, fields and literals: what each means and which type it has.
#include "frontend/expr_checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "frontend/foreign_words.h"
#include "frontend/literal_values.h"

namespace featc {

namespace {

// The type that holds values of both: of numbers float64 where one is, of lists and maps what holds their
// elements. None where there is none; None joined with another type is that type (an empty literal).
Type joinTypes(Type a, Type b) {
  if (a.isNone() || a.same(b)) return b.present();
  if (b.isNone()) return a.present();
  if (a.isNumber() && b.isNumber()) return Type::float64();
  if (a.isList() && b.isList()) {
    Type element = joinTypes(a.element(), b.element());
    return element.isNone() ? element : Type::list(element);
  }
  if (a.isMap() && b.isMap() && a.key().same(b.key())) {
    Type value = joinTypes(a.value(), b.value());
    return value.isNone() ? value : Type::map(a.key(), value);
  }
  return {};
}

}  // namespace

ExprChecker::ExprChecker(CheckedAst& checked, const Names& names, const DefinitionOrder& order, const Sources& sources,
                         const FrontendLimits& limits, Diagnostics& diagnostics)
    : checked_(checked),
      ast_(checked.ast),
      names_(names),
      order_(order),
      diagnostics_(diagnostics),
      texts_(ast_, sources),
      errors_(checked, names, sources, diagnostics),
      constants_(checked, sources, limits, diagnostics) {
  usage_.fields.resize(names.fields().size());
  usage_.lets.resize(ast_.lets.size());
  usage_.fns.resize(ast_.fns.size());
  usage_.externs.resize(ast_.externs.size());
  usage_.sources.resize(ast_.sources.size());
  usage_.params.resize(ast_.fns.size());
  for (size_t i = 0; i < ast_.fns.size(); ++i) usage_.params[i].resize(ast_.fns[i].params.size());
}

void ExprChecker::checkLet(uint32_t let) {
  if (order_.brokenLet[let]) return;
  ExprId value = ast_.lets[let].value;
  group_ = ast_.lets[let].group;
  if (group_ != kNoGroup) checkGroup(group_);
  check(value, Use::Any);
  if (value != kNoExpr && structsOf(value) == nullptr) checkedOperand(value);
  group_ = kNoGroup;
}

void ExprChecker::checkFn(uint32_t fn) {
  if (order_.brokenFn[fn]) return;
  fn_ = &ast_.fns[fn];
  fnInfo_ = &checked_.fns[fn];
  fnIndex_ = fn;
  fnInfo_->constantUses.resize(std::min<size_t>(fn_->params.size(), kMaxArguments));
  checkDefaults(fn);
  fnInfo_->result = checkValue(fn_->body);
  if (fn_->body != kNoExpr) {
    fnInfo_->dependence = checked_.exprs[fn_->body].dependence;
    fnInfo_->missingWith = checked_.exprs[fn_->body].missingWith;
  }
  fn_ = nullptr;
  fnInfo_ = nullptr;
}

Type ExprChecker::checkValue(ExprId id) {
  if (id == kNoExpr) return {};
  check(id);
  return checkedOperand(id);
}

Type ExprChecker::checkedOperand(ExprId id) {
  Type type = typeOf(id);
  const Expr& e = ast_.expr(id);
  if (isMissing(id)) {
    reportUntypedMissing(id);
    return type;
  }
  if (type.isNone() && isEmptyLiteral(e)) {
    diagnostics_
        .report(DiagnosticKind::EmptyLiteral, e.span,
                fmt::format("the type of \"{}\" is not known here", e.kind == ExprKind::List ? "[]" : "{}"))
        .note("an empty literal takes its type from the values beside it: c ? tags : []");
  }
  return type;
}

Type ExprChecker::check(ExprId id, Use use) {
  if (id == kNoExpr) return {};
  Type type = checkAny(id);
  if (use == Use::Any || structsOf(id) == nullptr) return type;
  reportStructs(id, {});
  return {};
}

Type ExprChecker::checkAny(ExprId id) {
  const Expr& e = ast_.expr(id);
  switch (e.kind) {
    case ExprKind::Int: setLiteralType(id, Type::int64()); break;
    case ExprKind::Float: setLiteralType(id, Type::float64()); break;
    case ExprKind::Bool: setLiteralType(id, Type::boolean()); break;
    case ExprKind::String:
    case ExprKind::File: setLiteralType(id, Type::string()); break;
    case ExprKind::List: return checkList(id);
    case ExprKind::Map: return checkMap(id);
    case ExprKind::Name: return checkName(id);
    case ExprKind::Field:
      if (reportJoinedName(id) || reportUnknownOwner(id)) break;
      return checkField(id);
    case ExprKind::Index:
      if (reportUnknownOwner(id)) break;
      return checkOperatorCall(id, indexOperator());
    case ExprKind::Call: return checkCall(id);
    case ExprKind::Unary:
      if (isNegatedLiteral(ast_, e)) {
        setLiteralType(id, Type::float64());
        break;
      }
      return checkOperatorCall(id, operatorOf(static_cast<UnaryOp>(e.op)));
    case ExprKind::Binary:
      if (auto sign = static_cast<BinaryOp>(e.op); sign == BinaryOp::Add || sign == BinaryOp::Or) return checkChain(id);
      if (reportComparedWithMissing(id) || reportJoinedName(id)) break;
      return checkOperatorCall(id, operatorOf(static_cast<BinaryOp>(e.op)));
    case ExprKind::Conditional: return checkOperatorCall(id, conditionalOperator());
  }
  return checked_.exprs[id].type;
}

void ExprChecker::setLiteralType(ExprId id, Type type) {
  ExprInfo& info = checked_.exprs[id];
  info.meaning = Meaning::Literal;
  info.type = type;
}

Type ExprChecker::setInput(ExprId id, uint32_t field) {
  usage_.fields[field] = true;
  checked_.exprs[id] = {names_.fields()[field].type.type.plain(), Meaning::Input, field, {true, 0}};
  return checked_.exprs[id].type;
}

Type ExprChecker::checkName(ExprId id) {
  const Expr& e = ast_.expr(id);
  const std::string& name = ast_.text(e);
  ExprInfo& info = checked_.exprs[id];
  if (isElement(id)) return checkElement(id);
  if (fn_ != nullptr) {
    if (auto param = findParam(*fn_, name)) {
      usage_.params[fnIndex_][*param] = true;
      uint64_t self = uint64_t{1} << *param;
      info = {fn_->params[*param].type.type, Meaning::Param, *param, {false, self}, self};
      return info.type;
    }
  }
  auto request = names_.field(Scope::Request, name);
  auto item = names_.field(Scope::Item, name);
  const StructListInfo* requestList = names_.structList(Scope::Request, name);
  const StructListInfo* itemList = names_.structList(Scope::Item, name);
  if ((request || requestList != nullptr) && (item || itemList != nullptr)) {
    if (request) usage_.fields[*request] = true;
    if (item) usage_.fields[*item] = true;
    diagnostics_
        .report(DiagnosticKind::AmbiguousName, e.span,
                fmt::format("\"{0}\" is a field of the request and of the item; write request.{1} or item.{1}", name,
                            written(name)))
        .note(request ? names_.fields()[*request].span : requestList->span, "the request field")
        .note(item ? names_.fields()[*item].span : itemList->span, "the item field");
    return {};
  }
  if (request || item) return setInput(id, request ? *request : *item);
  if (requestList != nullptr || itemList != nullptr)
    return setStructList(id, requestList != nullptr ? *requestList : *itemList);
  if (auto let = names_.let(name, letGroup())) {
    usage_.lets[*let] = true;
    const ExprInfo* value = checked_.let(*let);
    if (value == nullptr) return {};
    info = {value->type, Meaning::Let, *let, value->dependence};
    if (auto structs = structs_.find(ast_.lets[*let].value); structs != structs_.end()) {
      info.type = Type();
      structs_[id] = std::shared_ptr(structs->second);
    }
    return info.type;
  }
  if (!names_.mayBeDeclared(name) && name == kPi)
    setLiteralType(id, Type::float64());
  else if (!names_.mayBeDeclared(name) && name == kMissing)
    info.meaning = Meaning::Missing;
  else
    reportUnknownName(id);
  return info.type;
}

// `request.x`, `item.x`. False where the expression is no such thing.
bool ExprChecker::checkSchemaField(ExprId id) {
  const Expr& e = ast_.expr(id);
  ExprId rowId = ast_.child(e, 0);
  if (rowId == kNoExpr) return false;
  const Expr& row = ast_.expr(rowId);
  if (row.kind != ExprKind::Name) return false;
  const std::string& prefix = ast_.text(row);
  if (prefix != "request" && prefix != "item") return false;
  Scope scope = prefix == "request" ? Scope::Request : Scope::Item;
  const std::string& name = ast_.text(e);
  if (auto field = names_.field(scope, name)) {
    setInput(id, *field);
    return true;
  }
  if (const StructListInfo* list = names_.structList(scope, name)) {
    setStructList(id, *list);
    return true;
  }
  if (names_.mayBeDeclared(name)) return true;
  if (names_.isValue(prefix) || (fn_ != nullptr && findParam(*fn_, prefix))) return false;
  Scope otherScope = scope == Scope::Request ? Scope::Item : Scope::Request;
  auto other = names_.field(otherScope, name);
  std::string message = fmt::format("the {} has no field \"{}\"", prefix, name);
  auto near = other ? std::nullopt : names_.nearestField(name, scope);
  if (other) message += fmt::format(", but the {} has", scopeName(otherScope));
  if (near) message += fmt::format("; did you mean \"{}\"?", *near);
  Diagnostic& d = diagnostics_.report(DiagnosticKind::UnknownField, e.nameSpan, std::move(message));
  if (other) d.replace(row.span, std::string(scopeName(otherScope)));
  if (near) d.replace(e.nameSpan, written(*near));
  return true;
}

Type ExprChecker::checkField(ExprId id) {
  if (checkSchemaField(id)) return typeOf(id);
  const Expr& e = ast_.expr(id);
  ExprId rowId = ast_.child(e, 0);
  if (rowId == kNoExpr) return {};
  if (isElement(rowId)) return checkElementField(id);
  check(rowId, Use::Any);
  if (structsOf(rowId) != nullptr) return checkMember(id);
  Type row = checkedOperand(rowId);
  if (row.isNone()) return {};
  if (row.isRow()) return checkRowField(id, row);
  Diagnostic& d =
      diagnostics_.report(DiagnosticKind::NotARow, e.nameSpan,
                          fmt::format("{} has no fields, only rows of a source have", describeType(row, ast_)));
  if (row.isMap() && row.key().is(Kind::String)) {
    d.note("the value of a key is found with lookup");
    d.replace(e.span, fmt::format("lookup({}, {})", texts_.of(ast_.expr(rowId)), quote(ast_.text(e))));
  } else if (const Operator* op = operatorCalled(ast_.text(e))) {
    d.note(fmt::format("an operator is called with it: {}({})", op->name, texts_.of(ast_.expr(rowId))));
  }
  return {};
}

Type ExprChecker::setRowField(ExprId id, Type row, uint32_t field) {
  Type type = checked_.info.sources[row.rowSource()].fields[field].type.plain();
  if (row.rowAligned() && nestingDepth(type) == kMaxFieldNesting) {
    diagnostics_
        .report(
            DiagnosticKind::InvalidType, ast_.expr(id).nameSpan,
            fmt::format("this is read by a list of keys, and a list of {} nests too deep", toString(type.present())))
        .note("read the rows one by one, by a single key");
    return {};
  }
  if (!type.isNone() && row.rowAligned()) type = Type::list(type.present()).withNullable();
  uint64_t missingWith = checked_.exprs[ast_.child(ast_.expr(id), 0)].missingWith;
  checked_.exprs[id] = {type, Meaning::Field, field, {true, 0}, missingWith};
  return type;
}

Type ExprChecker::checkRowField(ExprId id, Type row) {
  const Expr& e = ast_.expr(id);
  const std::string& name = ast_.text(e);
  const SourceInfo& source = checked_.info.sources[row.rowSource()];
  for (uint32_t i = 0; i < source.fields.size(); ++i) {
    if (source.fields[i].name == name) return setRowField(id, row, i);
    if (source.fields[i].structList != name) continue;
    return setStructList(id, row, i);
  }
  if (names_.mayBeDeclared(name)) return {};
  std::vector<std::string_view> candidates;
  for (const SourceField& f : source.fields) candidates.push_back(f.structList.empty() ? f.name : f.structList);
  auto near = names_.nearest(name, candidates);
  std::string message = fmt::format("source \"{}\" has no field \"{}\"", source.name, name);
  if (near) message += fmt::format("; did you mean \"{}\"?", *near);
  Diagnostic& d = diagnostics_.report(DiagnosticKind::UnknownField, e.nameSpan, std::move(message));
  d.note(ast_.sources[row.rowSource()].name.span, "the source is declared here");
  if (near) d.replace(e.nameSpan, written(*near));
  return {};
}

void ExprChecker::checkQuotedName(ExprId id) {
  const Expr& e = ast_.expr(id);
  if (e.kind != ExprKind::String || !names_.isValue(ast_.text(e))) return;
  diagnostics_
      .report(DiagnosticKind::QuotedName, e.span,
              fmt::format("this is the same text in every row, not the value of \"{}\"", ast_.text(e)))
      .replace(e.span, written(ast_.text(e)));
}

bool ExprChecker::areLiterals(const std::vector<ExprId>& ids) const {
  return std::ranges::all_of(ids, [&](ExprId id) { return checked_.exprs[id].meaning == Meaning::Literal; });
}

Type ExprChecker::joinElements(const Expr& e, uint32_t first, uint32_t step, std::string_view what) {
  Type joined;
  ExprId from = kNoExpr;
  bool empties = false;
  for (uint32_t i = first; i < e.childCount; i += step) {
    ExprId id = ast_.child(e, i);
    Type type = id == kNoExpr ? Type() : typeOf(id).present();
    if (id != kNoExpr && type.isNone() && (isEmptyLiteral(ast_.expr(id)) || isMissing(id))) {
      empties = true;
      continue;
    }
    if (type.isNone() || errors_.rejectRow(id)) return {};
    Type both = joinTypes(joined, type);
    if (both.isNone()) {
      diagnostics_
          .report(DiagnosticKind::MixedLiteral, ast_.expr(id).span,
                  fmt::format("{} of one literal must have one type, but this is {} and the first is {}", what,
                              describeType(type, ast_), describeType(joined, ast_)))
          .note(ast_.expr(from).span, "the first is here");
      return {};
    }
    if (from == kNoExpr) from = id;
    joined = both;
  }
  if (empties && !settleEmptyParts(e, first, step, joined)) return {};
  if (nestingDepth(joined) < kMaxFieldNesting) return joined;
  diagnostics_.report(
      DiagnosticKind::MixedLiteral, ast_.expr(from).span,
      fmt::format("a list or map may hold lists or maps of single values, but not {}", describeType(joined, ast_)));
  return {};
}

bool ExprChecker::settleEmptyParts(const Expr& e, uint32_t first, uint32_t step, Type joined) {
  for (uint32_t i = first; i < e.childCount; i += step) {
    ExprId id = ast_.child(e, i);
    if (!typeOf(id).isNone()) continue;
    bool isKey = e.kind == ExprKind::Map && first == 0;
    if (isMissing(id) && !joined.isNone() && !isKey) {
      setMissing(id, joined);
      continue;
    }
    bool fits = ast_.expr(id).kind == ExprKind::List ? joined.isList() : joined.isMap();
    if (!isMissing(id) && fits) {
      setLiteralType(id, joined);
      continue;
    }
    checkedOperand(id);
    return false;
  }
  return true;
}

std::vector<ExprId> ExprChecker::checkParts(const Expr& e) {
  std::vector<ExprId> parts;
  for (uint32_t i = 0; i < e.childCount; ++i) parts.push_back(ast_.child(e, i));
  for (ExprId part : parts) check(part);
  return parts;
}

Type ExprChecker::checkList(ExprId id) {
  const Expr& e = ast_.expr(id);
  if (e.childCount == 0) return {};
  std::vector<ExprId> args = checkParts(e);
  Type element = joinElements(e, 0, 1, "the elements");
  if (element.isNone()) return {};
  if (!areLiterals(args)) return applyOperator(id, listOperator(), args);
  setLiteralType(id, Type::list(element));
  return typeOf(id);
}

Type ExprChecker::checkMap(ExprId id) {
  const Expr& e = ast_.expr(id);
  if (e.childCount == 0) return {};
  std::vector<ExprId> args = checkParts(e);
  Type key = joinElements(e, 0, 2, "the keys");
  Type value = joinElements(e, 1, 2, "the values");
  if (key.isNone() || value.isNone()) return {};
  if (!key.is(Kind::Int64) && !key.is(Kind::String)) {
    diagnostics_.report(DiagnosticKind::MixedLiteral, ast_.expr(args[0]).span,
                        fmt::format("the keys of a map are int64 or string, not {}", describeType(key, ast_)));
    return {};
  }
  if (!areLiterals(args)) return applyOperator(id, mapOperator(), args);
  setLiteralType(id, Type::map(key, value));
  warnRepeatedKeys(e, key);
  return typeOf(id);
}

void ExprChecker::warnRepeatedKeys(const Expr& e, Type key) {
  std::unordered_set<std::string> seen;
  for (uint32_t i = 0; i < e.childCount; i += 2) {
    std::string text = toString(literalValue(ast_, ast_.child(e, i), key));
    if (seen.insert(text).second) continue;
    diagnostics_.report(DiagnosticKind::RepeatedKey, ast_.expr(ast_.child(e, i)).span,
                        fmt::format("key {} is repeated, its last value counts", text));
  }
}

}  // namespace featc
