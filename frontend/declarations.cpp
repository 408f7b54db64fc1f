// SPDX-License-Identifier: Apache-2.0
// Checks what a config declares besides expressions: model, semantics, hash family, schema, sources.
#include "frontend/declarations.h"

#include <fmt/format.h>

#include <unordered_map>

#include "frontend/key_pattern_check.h"

namespace featc {

namespace {

class Declarations {
 public:
  Declarations(const Ast& ast, const Names& names, const PluginFolders& plugins, Diagnostics& diagnostics)
      : ast_(ast), names_(names), plugins_(plugins), diagnostics_(diagnostics) {}

  ProgramInfo run() {
    model();
    semantics();
    hashFamily();
    for (const FieldInfo& f : names_.fields())
      info_.inputs.push_back({f.scope, std::string(f.name), f.type.type, std::string(f.structList)});
    for (const SourceDecl& source : ast_.sources) {
      info_.sources.push_back(checkSource(source));
      info_.sources.back().semantics = info_.semantics;
    }
    for (const ExternFnDecl& decl : ast_.externs) info_.externs.push_back(checkExtern(decl));
    return std::move(info_);
  }

 private:
  void repeated(std::string_view what, Span again, Span first) {
    diagnostics_
        .report(DiagnosticKind::RepeatedSetting, again, fmt::format("\"{}\" is declared twice, once is enough", what))
        .note(first, "first declared here");
  }

  void model() {
    const NamedDecl* main = nullptr;
    for (const NamedDecl& decl : ast_.models) {
      if (decl.keyword.file != ast_.mainFile) continue;
      if (main != nullptr)
        repeated("model", decl.keyword, main->keyword);
      else
        main = &decl;
    }
    if (main != nullptr) {
      info_.model = main->name.text;
    } else if (!diagnostics_.hasErrors()) {
      // Where something could not be read, it may have been the model line.
      diagnostics_
          .report(DiagnosticKind::MissingModel, Span{ast_.mainFile, 0, 0}, "the config does not say which model it is")
          .note("start it with a line like: model click_through");
    }
  }

  void semantics() {
    for (size_t i = 0; i < ast_.semantics.size(); ++i) {
      const SemanticsDecl& decl = ast_.semantics[i];
      if (i > 0) repeated("semantics", decl.keyword, ast_.semantics[0].keyword);
      if (decl.version.value >= 1 && decl.version.value <= int64_t{kNewestSemantics}) {
        info_.semantics = static_cast<uint32_t>(decl.version.value);
        continue;
      }
      diagnostics_
          .report(DiagnosticKind::UnknownSemantics, decl.version.span,
                  fmt::format("this featc does not know semantics {}, its newest is {}", decl.version.value,
                              kNewestSemantics))
          .replace(decl.version.span, std::to_string(kNewestSemantics));
    }
  }

  void hashFamily() {
    for (size_t i = 0; i < ast_.hashFamilies.size(); ++i) {
      const NamedDecl& decl = ast_.hashFamilies[i];
      if (i > 0) repeated("hash_family", decl.keyword, ast_.hashFamilies[0].keyword);
      if (auto family = parseHashFamily(decl.name.text)) {
        info_.hashFamily = *family;
        continue;
      }
      unknownWord(DiagnosticKind::UnknownHashFamily, decl.name, "a hash family", {"xxh3", "farm", "murmur3"});
    }
  }

  // Null after a report.
  std::shared_ptr<const ExternFn> checkExtern(const ExternFnDecl& decl) {
    ExternDecl wanted{decl.name.text, {}, decl.result.type, decl.library};
    bool good = decl.params.size() <= kMaxArguments;
    auto checkType = [&](const TypeName& type) {
      if (type.type.isNone() || isExternType(type.type)) {
        good = good && !type.type.isNone();
        return;
      }
      good = false;
      diagnostics_.report(
          DiagnosticKind::BadExtern, type.span,
          fmt::format("an extern fn takes and gives single values and lists of them, not {}", toString(type.type)));
    };
    for (const FieldDecl& param : decl.params) {
      checkType(param.type);
      wanted.params.push_back({param.name.text, param.type.type});
    }
    checkType(decl.result);
    if (!good) return nullptr;
    LoadedExtern loaded = loadExtern(wanted, plugins_);
    if (loaded.fn == nullptr) diagnostics_.report(DiagnosticKind::BadExtern, decl.librarySpan, std::move(loaded.error));
    return loaded.fn;
  }

  void unknownWord(DiagnosticKind kind, const Name& name, std::string_view what,
                   const std::vector<std::string_view>& known) {
    std::string message = fmt::format("\"{}\" is not {}", name.text, what);
    auto near = names_.nearest(name.text, known);
    if (near) message += fmt::format("; did you mean \"{}\"?", *near);
    Diagnostic& d = diagnostics_.report(kind, name.span, std::move(message));
    d.note(fmt::format("possible values: {}", fmt::join(known, ", ")));
    if (near) d.replace(name.span, *near);
  }

  SourceInfo checkSource(const SourceDecl& decl) {
    SourceInfo info;
    info.name = decl.name.text;
    info.keyPattern = decl.keyPattern;
    info.keys = fieldsOf(decl.keys, "key field");
    info.fields = fieldsOf(decl.fields, "field");
    addStructLists(decl, info);
    for (SourceField& f : info.fields) f.type = f.type.isNone() ? f.type : f.type.withNullable();
    for (const FieldDecl& key : decl.keys) {
      Type t = key.type.type;
      if (t.isNone() || t == Type::int64() || t == Type::string()) continue;
      diagnostics_.report(DiagnosticKind::BadSource, key.type.span,
                          fmt::format("a key field is int64 or string, not {}", toString(t)));
    }
    if (decl.keys.empty()) {
      diagnostics_
          .report(DiagnosticKind::BadSource, decl.name.span,
                  fmt::format("source \"{}\" has no key field", decl.name.text))
          .note(fmt::format("write: source {}(user_id: int64)", written(decl.name.text)));
    }
    if (decl.encoding) checkEncoding(*decl.encoding, info);
    info.keyEscaped = decl.keyEscaped;
    checkKeyPattern(decl, names_, diagnostics_);
    return info;
  }

  std::vector<SourceField> fieldsOf(const std::vector<FieldDecl>& decls, std::string_view what) {
    std::vector<SourceField> fields;
    std::unordered_map<std::string_view, Span> seen;
    for (const FieldDecl& f : decls) {
      auto [it, isNew] = seen.try_emplace(f.name.text, f.name.span);
      if (!isNew) {
        diagnostics_
            .report(DiagnosticKind::DuplicateName, f.name.span,
                    fmt::format("{} \"{}\" is declared twice", what, f.name.text))
            .note(it->second, "first declared here");
      }
      fields.push_back({f.name.text, f.type.type});
    }
    return fields;
  }

  void addStructLists(const SourceDecl& decl, SourceInfo& info) {
    std::unordered_map<std::string_view, Span> seen;
    for (const FieldDecl& f : decl.fields) seen.try_emplace(f.name.text, f.name.span);
    for (const StructListDecl& list : decl.structLists) {
      for (uint32_t i = 0; i < list.members; ++i) info.fields[list.firstField + i].structList = list.name.text;
      auto [it, isNew] = seen.try_emplace(list.name.text, list.name.span);
      if (isNew) continue;
      diagnostics_
          .report(DiagnosticKind::DuplicateName, list.name.span,
                  fmt::format("field \"{}\" is declared twice", list.name.text))
          .note(it->second, "also declared here");
    }
  }

  void checkEncoding(const Name& encoding, SourceInfo& info) {
    if (encoding.text == "json")
      info.encoding = Encoding::Json;
    else if (encoding.text != "hash")
      unknownWord(DiagnosticKind::UnknownEncoding, encoding, "an encoding", {"hash", "json"});
  }

  const Ast& ast_;
  const Names& names_;
  const PluginFolders& plugins_;
  Diagnostics& diagnostics_;
  ProgramInfo info_;
};

}  // namespace

ProgramInfo checkDeclarations(const Ast& ast, const Names& names, const PluginFolders& plugins,
                              Diagnostics& diagnostics) {
  return Declarations(ast, names, plugins, diagnostics).run();
}

}  // namespace featc
