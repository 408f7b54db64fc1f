// SPDX-License-Identifier: Apache-2.0
// Printing random configs.
#include "tests/random/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "tests/random/beside.h"

namespace featc {
namespace {

struct Infix {
  std::string_view op;
  std::string_view sign;
};
constexpr Infix kInfix[] = {
    {"add", "+"},  {"subtract", "-"}, {"multiply", "*"},    {"divide", "/"},         {"remainder", "%"},
    {"less", "<"}, {"greater", ">"},  {"less_equal", "<="}, {"greater_equal", ">="}, {"equal", "=="},
    {"and", "&&"}, {"or", "||"},      {"not_equal", "!="},  {"default_to", "??"}};

std::string joined(const std::vector<ExprPtr>& children) {
  std::string out;
  for (const ExprPtr& c : children)
    if (c != nullptr) out += (out.empty() ? "" : ", ") + toText(*c);
  return out;
}

std::string callText(const RandomExpr& e) {
  std::string out = std::string(e.op->name) + "(";
  bool named = false;
  bool first = true;
  for (size_t i = 0; i < e.children.size(); ++i) {
    if (e.children[i] == nullptr) {
      named = true;
      continue;
    }
    if (!first) out += ", ";
    first = false;
    if (named) out += fmt::format("{} = ", e.op->params[e.op->paramOfArg(i)].name);
    out += toText(*e.children[i]);
  }
  return out + ")";
}

std::string operatorText(const RandomExpr& e) {
  std::string_view name = e.op->name;
  const auto& c = e.children;
  for (const Infix& infix : kInfix)
    if (infix.op == name) return fmt::format("({} {} {})", toText(*c[0]), infix.sign, toText(*c[1]));
  if (name == "negate") return fmt::format("(-({}))", toText(*c[0]));
  if (name == "not") return fmt::format("(!({}))", toText(*c[0]));
  if (name == "if") return fmt::format("({} ? {} : {})", toText(*c[0]), toText(*c[1]), toText(*c[2]));
  if (name == "index") return fmt::format("({})[{}]", toText(*c[0]), toText(*c[1]));
  if (name == "make_list") return fmt::format("[{}]", joined(c));
  if (name == "make_map") {
    std::string out = "{";
    for (size_t i = 0; i + 1 < c.size(); i += 2)
      out += fmt::format("{}{}: {}", i == 0 ? "" : ", ", toText(*c[i]), toText(*c[i + 1]));
    return out + "}";
  }
  return callText(e);
}

// Fields, lets, parameters, fns, sources and operators.
void collectNames(const RandomExpr& e, std::set<std::string>& names) {
  if (e.kind == RandomExpr::Kind::Operator)
    names.insert(std::string(e.op->name));
  else if (e.kind != RandomExpr::Kind::Literal)
    names.insert(e.text.substr(0, e.text.find('.')));
  for (const ExprPtr& c : e.children)
    if (c != nullptr) collectNames(*c, names);
}

// Fields of the caller or a source, those of `scope` where they have one: single ones, and lists of structs whole.
template <class Fields>
void printFields(std::string& out, const Fields& fields, [[maybe_unused]] Scope scope = Scope::Item) {
  for (size_t i = 0; i < fields.size(); i = structListOf(fields, i).end()) {
    const auto& first = fields[i];
    if constexpr (requires { first.scope; })
      if (first.scope != scope) continue;
    if (first.structList.empty()) {
      out += fmt::format("  {} : {}\n", first.name, toString(first.type));
      continue;
    }
    std::string members;
    for (size_t m = i; m < structListOf(fields, i).end(); ++m)
      members += fmt::format(" {}: {}", memberName(fields[m]), toString(fields[m].type.element()));
    out += fmt::format("  {} : list<{{{} }}>{}\n", first.structList, members, first.type.nullable() ? "?" : "");
  }
}

void printExtern(std::string& out, const ExternDecl& decl) {
  std::string params;
  for (const ExternParam& p : decl.params)
    params += fmt::format("{}{}: {}", params.empty() ? "" : ", ", p.name, toString(p.type));
  out += fmt::format("extern fn {}({}) -> {} from \"{}\"\n", decl.name, params, toString(decl.result), decl.library);
}

void printOutput(std::string& out, const RandomOutput& o) {
  out += fmt::format("{} {}", outputKindName(o.kind), o.name);
  if (o.kind != OutputKind::Dense) out += fmt::format(" slot {}{}", o.slot, o.shared ? " shared" : "");
  if (o.missing) out += fmt::format(" missing {}", *o.missing);
  if (o.width) out += fmt::format(" width {}", *o.width);
  if (o.defaultValue) out += fmt::format(" default {}", floatLiteral(*o.defaultValue));
  if (o.kind == OutputKind::Sequence) out += fmt::format(" length {}{}", o.length, o.padLeft ? " pad left" : "");
  out += fmt::format(" = {}\n", toText(*o.value));
}

void printGroupHead(std::string& out, const RandomGroup& group) {
  out += fmt::format("sequence group {} over {}", group.name, fmt::join(group.over, ", "));
  if (group.where != nullptr) out += fmt::format(" where {}", toText(*group.where));
  if (group.first > 0) out += fmt::format(" first {}", group.first);
  if (group.last > 0) out += fmt::format(" last {}", group.last);
  if (group.length > 0) out += fmt::format(" length {}", group.length);
  if (group.padLeft) out += " pad left";
  out += " {\n";
}

}  // namespace

std::string floatLiteral(double value) {
  std::string text = fmt::format("{}", value);
  std::erase(text, '+');
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string toText(const RandomExpr& expr) {
  switch (expr.kind) {
    case RandomExpr::Kind::Literal:
    case RandomExpr::Kind::Name:
    case RandomExpr::Kind::Member: return expr.text;
    case RandomExpr::Kind::Operator: return operatorText(expr);
    case RandomExpr::Kind::Function:
    case RandomExpr::Kind::Read: break;
  }
  return fmt::format("{}({})", expr.text, joined(expr.children));
}

bool RandomProgram::has(size_t group) const {
  return std::ranges::any_of(outputs, [&](const RandomOutput& o) { return o.group == group; });
}

std::string RandomProgram::text() const {
  std::string out = fmt::format("model random\nsemantics {}\n", semantics);
  if (hashFamily != HashFamily::Xxh3) out += fmt::format("hash_family {}\n", hashFamilyName(hashFamily));
  for (Scope scope : {Scope::Request, Scope::Item}) {
    out += fmt::format("{} {{\n", scopeName(scope));
    printFields(out, fields, scope);
    out += "}\n";
  }
  for (const RandomSource& s : sources) {
    std::string keys;
    std::string pattern = s.name;
    for (const SourceField& k : s.keys) {
      keys += fmt::format("{}{}: {}", keys.empty() ? "" : ", ", k.name, toString(k.type));
      pattern += fmt::format(":{{{}}}", k.name);
    }
    out += fmt::format("source {}({}) {{\n  key \"{}\"\n", s.name, keys, pattern);
    printFields(out, s.fields);
    out += "}\n";
  }
  std::set<std::string> used;
  for (const RandomOutput& o : outputs) collectNames(*o.value, used);
  for (const RandomLet& l : lets) collectNames(*l.value, used);
  for (const RandomFn& f : fns) collectNames(*f.body, used);
  for (const RandomGroup& g : groups)
    if (g.where != nullptr) collectNames(*g.where, used);
  for (const auto& fn : besideExterns())
    if (used.contains(fn->decl.name)) printExtern(out, fn->decl);
  for (const RandomFn& f : fns) {
    std::string params;
    for (size_t i = 0; i < f.params.size(); ++i) {
      params += fmt::format("{}{}: {}", i == 0 ? "" : ", ", f.params[i].name, toString(f.params[i].type));
      if (f.defaults[i] != nullptr) params += " = " + toText(*f.defaults[i]);
    }
    out += fmt::format("fn {}({}) = {}\n", f.name, params, toText(*f.body));
  }
  auto printLets = [&](std::optional<size_t> group) {
    for (const RandomLet& l : lets)
      if (l.group == group) out += fmt::format("let {} = {}\n", l.name, toText(*l.value));
  };
  printLets({});
  for (const RandomOutput& o : outputs)
    if (!o.group) printOutput(out, o);
  for (size_t g = 0; g < groups.size(); ++g) {
    if (!has(g)) continue;
    printGroupHead(out, groups[g]);
    printLets(g);
    for (const RandomOutput& o : outputs)
      if (o.group == g) printOutput(out, o);
    out += "}\n";
  }
  return out;
}

RandomProgram RandomProgram::withoutUnused() const {
  RandomProgram p = *this;
  for (bool changed = true; changed;) {
    std::set<std::string> used;
    for (const RandomOutput& o : p.outputs) collectNames(*o.value, used);
    for (const RandomLet& l : p.lets) collectNames(*l.value, used);
    for (const RandomFn& f : p.fns) collectNames(*f.body, used);
    for (size_t g = 0; g < p.groups.size(); ++g)
      if (p.has(g)) {
        used.insert(p.groups[g].over.begin(), p.groups[g].over.end());
        if (p.groups[g].where != nullptr) collectNames(*p.groups[g].where, used);
      }
    auto drop = [&](auto& from) {
      return std::erase_if(from, [&](const auto& x) { return !used.contains(x.name); }) > 0;
    };
    changed = drop(p.lets);
    changed |= drop(p.fns);
    changed |= drop(p.sources);
    changed |= std::erase_if(p.fields, [&](const RandomField& f) {
                 const std::string& name = f.structList.empty() ? f.name : f.structList;
                 return !used.contains(name) && !used.contains(std::string(scopeName(f.scope)));
               }) > 0;
  }
  return p;
}

}  // namespace featc
