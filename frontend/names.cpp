// SPDX-License-Identifier: Apache-2.0
// Every declared name of a config and what it stands for; proposals for names that are none.
#include "frontend/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/literal_values.h"
#include "ops/operator.h"
#include "support/suggest.h"

namespace featc {

namespace {

// Proposals cost time: a file of nothing but unknown names must not take minutes.
constexpr size_t kMaxComparisons = 500'000;

}  // namespace

Names::Names(const Ast& ast, Diagnostics& diagnostics)
    : ast_(ast), diagnostics_(diagnostics), broken_(ast.brokenNames.begin(), ast.brokenNames.end()) {
  addFields();
  addLetsAndFns();
  addExterns();
  addSources();
  addOutputs();
  addGroups();
}

std::optional<uint32_t> Names::let(std::string_view name, uint32_t group) const {
  if (group != kNoGroup)
    if (auto own = find(groupLets_[group], name)) return own;
  return find(lets_, name);
}

std::optional<uint32_t> Names::groupWithLet(std::string_view name) const {
  for (uint32_t g = 0; g < groupLets_.size(); ++g)
    if (groupLets_[g].contains(name)) return g;
  return std::nullopt;
}

std::optional<uint32_t> Names::find(const Table& table, std::string_view name) {
  auto it = table.find(name);
  if (it == table.end()) return std::nullopt;
  return it->second;
}

std::optional<uint32_t> Names::field(Scope scope, std::string_view name) const {
  return find(scope == Scope::Request ? requestFields_ : itemFields_, name);
}

const StructListInfo* Names::structList(Scope scope, std::string_view name) const {
  auto index = find(scope == Scope::Request ? requestStructLists_ : itemStructLists_, name);
  return index ? &structLists_[*index] : nullptr;
}

std::optional<uint32_t> Names::member(const StructListInfo& list, std::string_view member) const {
  for (uint32_t i = list.firstField; i < list.firstField + list.members; ++i)
    if (fields_[i].name.substr(list.name.size() + 1) == member) return i;
  return std::nullopt;
}

std::optional<Span> Names::placeOfField(Scope scope, std::string_view name) const {
  if (auto f = field(scope, name)) return fields_[*f].span;
  if (const StructListInfo* list = structList(scope, name)) return list->span;
  return std::nullopt;
}

bool Names::isValue(std::string_view name) const {
  return placeOfField(Scope::Request, name) || placeOfField(Scope::Item, name) || let(name);
}

void Names::addFields() {
  for (const SchemaDecl& schema : ast_.schemas) {
    auto structList = schema.structLists.begin();
    for (uint32_t i = 0; i < schema.fields.size();) {
      if (structList != schema.structLists.end() && structList->firstField == i) {
        addStructList(schema, *structList);
        i += structList++->members;
      } else {
        addField(schema.scope, schema.fields[i++]);
      }
    }
  }
}

void Names::addField(Scope scope, const FieldDecl& decl) {
  if (const StructListInfo* list = structList(scope, decl.name.text))
    return reportFieldConflict(scope, decl.name, decl.type.span, toString(decl.type.type), list->type, list->span);
  Table& table = scope == Scope::Request ? requestFields_ : itemFields_;
  auto [it, isNew] = table.try_emplace(decl.name.text, static_cast<uint32_t>(fields_.size()));
  if (isNew) {
    fields_.push_back({scope, decl.name.text, decl.type, decl.name.span, {}});
    return;
  }
  const FieldInfo& first = fields_[it->second];
  if (first.type.type.isNone() || decl.type.type.isNone()) return;
  if (first.type.type == decl.type.type && first.structList.empty()) return;
  reportFieldConflict(
      scope, decl.name, decl.type.span, toString(decl.type.type),
      first.structList.empty() ? toString(first.type.type) : fmt::format("a member of \"{}\"", first.structList),
      first.span);
}

void Names::addStructList(const SchemaDecl& schema, const StructListDecl& decl) {
  std::string type = typeText(decl, schema.fields);
  if (auto f = field(schema.scope, decl.name.text))
    return reportFieldConflict(schema.scope, decl.name, decl.type, type, toString(fields_[*f].type.type),
                               fields_[*f].span);
  Table& lists = schema.scope == Scope::Request ? requestStructLists_ : itemStructLists_;
  auto [known, isNewList] = lists.try_emplace(decl.name.text, static_cast<uint32_t>(structLists_.size()));
  if (!isNewList) {
    const StructListInfo& first = structLists_[known->second];
    if (first.type == type) return;
    return reportFieldConflict(schema.scope, decl.name, decl.type, type, first.type, first.span);
  }
  auto firstField = static_cast<uint32_t>(fields_.size());
  structLists_.push_back(
      {schema.scope, decl.name.text, std::move(type), firstField, decl.members, decl.nullable, decl.name.span});
  Table& table = schema.scope == Scope::Request ? requestFields_ : itemFields_;
  for (uint32_t i = 0; i < decl.members; ++i) {
    const FieldDecl& member = schema.fields[decl.firstField + i];
    auto [it, isNew] = table.try_emplace(member.name.text, static_cast<uint32_t>(fields_.size()));
    if (!isNew)
      reportFieldConflict(schema.scope, member.name, member.type.span,
                          fmt::format("a member of \"{}\"", decl.name.text), toString(fields_[it->second].type.type),
                          fields_[it->second].span);
    fields_.push_back({schema.scope, member.name.text, member.type, member.name.span, decl.name.text});
  }
}

void Names::reportFieldConflict(Scope scope, const Name& name, Span type, std::string_view here,
                                std::string_view elsewhere, Span first) {
  diagnostics_
      .report(DiagnosticKind::FieldConflict, name.span.file == type.file ? name.span.to(type) : name.span,
              fmt::format("{} field \"{}\" is declared {} here, but {} elsewhere", scopeName(scope), name.text, here,
                          elsewhere))
      .note(first, fmt::format("declared {} here", elsewhere));
}

void Names::addLetsAndFns() {
  groupLets_.resize(ast_.groups.size());
  for (uint32_t i = 0; i < ast_.lets.size(); ++i) {
    const Name& name = ast_.lets[i].name;
    uint32_t group = ast_.lets[i].group;
    auto [it, isNew] = (group == kNoGroup ? lets_ : groupLets_[group]).try_emplace(name.text, i);
    if (!isNew)
      reportDuplicate("let", name, ast_.lets[it->second].name.span);
    else if (placeOfField(Scope::Request, name.text) || placeOfField(Scope::Item, name.text))
      reportShadowing("let", name);
  }
  for (const LetDecl& let : ast_.lets) {
    if (let.group == kNoGroup) continue;
    if (lets_.contains(let.name.text)) {
      reportShadowing("let", let.name);
    } else if (let.name.text == kElementName) {
      diagnostics_.report(DiagnosticKind::ShadowedName, let.name.span,
                          "in a sequence group \"it\" is the element, so it would be ambiguous");
    }
  }
  for (uint32_t i = 0; i < ast_.fns.size(); ++i) {
    const FnDecl& fn = ast_.fns[i];
    auto [it, isNew] = fns_.try_emplace(fn.name.text, i);
    if (!isNew) {
      reportDuplicate("fn", fn.name, ast_.fns[it->second].name.span);
    } else if (const Operator* op = operators().find(fn.name.text); op != nullptr && !op->isInternal) {
      diagnostics_
          .report(DiagnosticKind::ShadowedOperator, fn.name.span,
                  fmt::format("fn \"{0}\" takes the place of the operator \"{0}\"", fn.name.text))
          .note(fmt::format("every call of \"{}\" means this fn", fn.name.text));
    }
    checkParams(fn.name.text, fn.params, true);
  }
}

void Names::addExterns() {
  for (uint32_t i = 0; i < ast_.externs.size(); ++i) {
    const ExternFnDecl& decl = ast_.externs[i];
    auto [it, isNew] = externs_.try_emplace(decl.name.text, i);
    if (!isNew) {
      reportDuplicate("extern fn", decl.name, ast_.externs[it->second].name.span);
    } else if (auto f = fn(decl.name.text)) {
      diagnostics_
          .report(DiagnosticKind::DuplicateName, decl.name.span,
                  fmt::format("extern fn \"{}\" has the name of a fn, and both are called alike", decl.name.text))
          .note(ast_.fns[*f].name.span, "the fn is here");
    } else if (const Operator* op = operators().find(decl.name.text); op != nullptr && !op->isInternal) {
      diagnostics_.report(DiagnosticKind::ShadowedOperator, decl.name.span,
                          fmt::format("extern fn \"{0}\" takes the place of the operator \"{0}\"", decl.name.text));
    }
    checkParams(decl.name.text, decl.params, false);
  }
}

void Names::checkParams(std::string_view fn, const std::vector<FieldDecl>& params, bool inBody) {
  Table seen;
  for (uint32_t i = 0; i < params.size(); ++i) {
    const Name& name = params[i].name;
    auto [it, isNew] = seen.try_emplace(name.text, i);
    if (!isNew)
      reportDuplicate("parameter", name, params[it->second].name.span);
    else if (inBody && isValueOf(name.span.file, name.text))
      reportShadowing("parameter", name);
  }
  if (params.size() > kMaxArguments) {
    diagnostics_.report(
        DiagnosticKind::TooManyArguments, params[kMaxArguments].name.span,
        fmt::format("fn \"{}\" has {} parameters, at most {} are possible", fn, params.size(), kMaxArguments));
  }
}

bool Names::isValueOf(FileId file, std::string_view name) {
  if (!isValue(name)) return false;
  if (auto l = let(name); l && ast_.lets[*l].name.span.file == file) return true;
  if (fieldsOfFiles_.empty()) {
    for (const SchemaDecl& schema : ast_.schemas) {
      auto& names = fieldsOfFiles_[schema.span.file];
      for (const FieldDecl& f : schema.fields) names.insert(f.name.text);
      for (const StructListDecl& list : schema.structLists) names.insert(list.name.text);
    }
  }
  auto declared = fieldsOfFiles_.find(file);
  return declared != fieldsOfFiles_.end() && declared->second.contains(name);
}

void Names::addSources() {
  for (uint32_t i = 0; i < ast_.sources.size(); ++i) {
    const Name& name = ast_.sources[i].name;
    auto [it, isNew] = sources_.try_emplace(name.text, i);
    if (!isNew) {
      reportDuplicate("source", name, ast_.sources[it->second].name.span);
    } else if (auto f = fn(name.text)) {
      diagnostics_
          .report(DiagnosticKind::DuplicateName, name.span,
                  fmt::format("source \"{}\" has the name of a fn, and both are called alike", name.text))
          .note(ast_.fns[*f].name.span, "the fn is here");
    } else if (auto e = externFn(name.text)) {
      diagnostics_
          .report(DiagnosticKind::DuplicateName, name.span,
                  fmt::format("source \"{}\" has the name of an extern fn, and both are called alike", name.text))
          .note(ast_.externs[*e].name.span, "the extern fn is here");
    } else if (const Operator* op = operators().find(name.text); op != nullptr && !op->isInternal) {
      diagnostics_.report(DiagnosticKind::ShadowedOperator, name.span,
                          fmt::format("source \"{0}\" takes the place of the operator \"{0}\"", name.text));
    }
  }
}

void Names::addOutputs() {
  for (uint32_t i = 0; i < ast_.outputs.size(); ++i) {
    const Name& name = ast_.outputs[i].name;
    auto [it, isNew] = outputs_.try_emplace(name.text, i);
    if (!isNew) reportDuplicate("output", name, ast_.outputs[it->second].name.span);
  }
}

void Names::addGroups() {
  for (uint32_t i = 0; i < ast_.groups.size(); ++i) {
    const Name& name = ast_.groups[i].name;
    if (name.text.empty()) continue;  // nameless and without an output
    auto [it, isNew] = groups_.try_emplace(name.text, i);
    if (isNew) continue;
    const GroupDecl& other = ast_.groups[it->second];
    if (!ast_.groups[i].nameless && !other.nameless) reportDuplicate("sequence group", name, other.name.span);
    // Of two nameless ones the output is declared twice, which is said already.
    if (ast_.groups[i].nameless == other.nameless) continue;
    diagnostics_
        .report(DiagnosticKind::DuplicateName, name.span,
                fmt::format("\"{}\" is both a sequence group and the first output of a nameless one, which is known by "
                            "that name",
                            name.text))
        .note(other.name.span, "the other one");
  }
}

void Names::reportDuplicate(std::string_view what, const Name& again, Span first) {
  diagnostics_
      .report(DiagnosticKind::DuplicateName, again.span, fmt::format("{} \"{}\" is declared twice", what, again.text))
      .note(first, "first declared here");
}

void Names::reportShadowing(std::string_view what, const Name& name) {
  std::string other;
  std::optional<Span> place = placeOfValue(name.text, other);
  Diagnostic& d = diagnostics_.report(DiagnosticKind::ShadowedName, name.span,
                                      fmt::format("{} \"{}\" has the name of {} {}, so it would be ambiguous", what,
                                                  name.text, other == "item field" ? "an" : "a", other));
  if (place) d.note(*place, fmt::format("the {} is here", other));
}

std::optional<Span> Names::placeOfValue(std::string_view name, std::string& what) const {
  for (Scope scope : {Scope::Request, Scope::Item}) {
    if (auto place = placeOfField(scope, name)) {
      what = fmt::format("{} field", scopeName(scope));
      return place;
    }
  }
  what = "let";
  if (auto l = let(name)) return ast_.lets[*l].name.span;
  return std::nullopt;
}

bool Names::proposes() const { return !diagnostics_.full() && comparisons_ <= kMaxComparisons; }

std::optional<std::string> Names::nearest(std::string_view name,
                                          const std::vector<std::string_view>& candidates) const {
  comparisons_ += candidates.size();
  if (!proposes()) return std::nullopt;
  return nearestName(name, candidates);
}

std::optional<std::string> Names::nearestValue(std::string_view name, const FnDecl* fn, uint32_t group) const {
  if (!proposes()) return std::nullopt;
  std::vector<std::string_view> candidates;
  if (fn != nullptr) {
    for (const FieldDecl& p : fn->params) candidates.push_back(p.name.text);
  }
  for (const FieldInfo& f : fields_)
    if (f.structList.empty()) candidates.push_back(f.name);
  for (const StructListInfo& list : structLists_) candidates.push_back(list.name);
  for (const LetDecl& l : ast_.lets)
    if (l.group == kNoGroup || l.group == group) candidates.push_back(l.name.text);
  candidates.push_back(kMissing);
  return nearest(name, candidates);
}

std::optional<std::string> Names::nearestField(std::string_view name, Scope scope) const {
  if (!proposes()) return std::nullopt;
  std::vector<std::string_view> candidates;
  for (const FieldInfo& f : fields_)
    if (f.scope == scope && f.structList.empty()) candidates.push_back(f.name);
  for (const StructListInfo& list : structLists_)
    if (list.scope == scope) candidates.push_back(list.name);
  return nearest(name, candidates);
}

std::optional<std::string> Names::nearestFunction(std::string_view name) const {
  if (!proposes()) return std::nullopt;
  std::vector<std::string_view> candidates;
  for (const FnDecl& f : ast_.fns) candidates.push_back(f.name.text);
  for (const ExternFnDecl& e : ast_.externs) candidates.push_back(e.name.text);
  for (const SourceDecl& s : ast_.sources) candidates.push_back(s.name.text);
  for (const auto& op : operators().all()) {
    if (!op->isInternal && op->symbol.empty()) candidates.push_back(op->name);
  }
  return nearest(name, candidates);
}

std::vector<std::string_view> Names::longerOperators(std::string_view name) const {
  std::vector<std::string_view> longer;
  for (const auto& op : operators().all()) {
    std::string_view other = op->name;
    if (!op->isInternal && op->symbol.empty() && other.starts_with(name) && other.substr(name.size()).starts_with('_'))
      longer.push_back(other);
  }
  return longer;
}

std::optional<uint32_t> findParam(const FnDecl& fn, std::string_view name) {
  // More parameters than that were refused.
  size_t count = std::min<size_t>(fn.params.size(), kMaxArguments);
  for (uint32_t i = 0; i < count; ++i) {
    if (fn.params[i].name.text == name) return i;
  }
  return std::nullopt;
}

std::string written(std::string_view name) {
  auto isWordCharacter = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  bool plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9') && name != "true" && name != "false";
  for (char c : name) plain = plain && isWordCharacter(c);
  return plain ? std::string(name) : fmt::format("`{}`", name);
}

}  // namespace featc
