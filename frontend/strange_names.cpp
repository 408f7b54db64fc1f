// SPDX-License-Identifier: Apache-2.0
// Names with letters beyond a..z: those without backquotes, and those that look like others.
#include "frontend/strange_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "frontend/look_alikes.h"
#include "ops/operator.h"

namespace featc {

namespace {

bool isAscii(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

template <class Take>
void forEachDeclared(const Ast& ast, Take take) {
  auto takeFields = [&](const std::vector<FieldDecl>& fields) {
    for (const FieldDecl& f : fields) take(f.name);
  };
  for (const SchemaDecl& schema : ast.schemas) {
    takeFields(schema.fields);
    for (const StructListDecl& list : schema.structLists) take(list.name);
  }
  for (const SourceDecl& source : ast.sources) {
    take(source.name);
    takeFields(source.keys);
    takeFields(source.fields);
  }
  for (const LetDecl& let : ast.lets) take(let.name);
  for (const FnDecl& fn : ast.fns) {
    take(fn.name);
    takeFields(fn.params);
  }
  for (const ExternFnDecl& fn : ast.externs) take(fn.name);
  for (const OutputDecl& output : ast.outputs) take(output.name);
}

}  // namespace

void reportUnquotedNames(const std::vector<Name>& unquoted, Ast& ast, Diagnostics& diagnostics) {
  if (unquoted.empty()) return;
  std::unordered_set<std::string_view> declared;
  forEachDeclared(ast, [&](const Name& name) { declared.insert(name.text); });
  for (const Name& name : unquoted) {
    std::string plain = plainLetters(name.text);
    bool isOther = !declared.contains(name.text) && (declared.contains(plain) || operators().find(plain) != nullptr);
    if (isOther) {
      diagnostics
          .report(DiagnosticKind::InvalidText, name.span,
                  fmt::format("\"{}\" has letters beyond a..z; did you mean \"{}\"?", name.text, plain))
          .replace(name.span, plain);
      ast.brokenNames.push_back(name.text);
      continue;
    }
    Diagnostic& d =
        diagnostics.report(DiagnosticKind::InvalidText, name.span,
                           fmt::format("a name with letters beyond a..z is written in backquotes: `{}`", name.text));
    d.replace(name.span, fmt::format("`{}`", name.text));
  }
}

void warnLookAlikes(const Ast& ast, Diagnostics& diagnostics) {
  bool anyWide = false;
  forEachDeclared(ast, [&](const Name& name) { anyWide = anyWide || !isAscii(name.text); });
  if (!anyWide) return;
  std::unordered_map<std::string, Name> looks;
  for (const auto& op : operators().all())
    if (!op->isInternal) looks.try_emplace(lookOf(op->name), Name{std::string(op->name), {}});
  // Names of ASCII first, so that the stranger one is warned of.
  forEachDeclared(ast, [&](const Name& name) {
    if (isAscii(name.text)) looks.insert_or_assign(lookOf(name.text), name);
  });
  std::unordered_set<std::string_view> warned;
  forEachDeclared(ast, [&](const Name& name) {
    if (isAscii(name.text) || !warned.insert(name.text).second) return;
    auto [other, isNew] = looks.try_emplace(lookOf(name.text), name);
    if (!isNew && other->second.text != name.text) {
      Diagnostic& d = diagnostics.report(DiagnosticKind::LookAlike, name.span,
                                         fmt::format("this name looks like \"{}\", but is another one: it has {}",
                                                     other->second.text, strangeLetter(name.text, other->second.text)));
      if (other->second.span.end != 0) d.note(other->second.span, "the other one is here");
    } else if (std::string scripts = mixedScripts(name.text); !scripts.empty()) {
      diagnostics.report(DiagnosticKind::LookAlike, name.span,
                         fmt::format("this name has letters of {} that look alike", scripts));
    }
  });
}

}  // namespace featc
