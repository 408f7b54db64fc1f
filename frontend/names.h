// SPDX-License-Identifier: Apache-2.0
// Every declared name of a config and what it stands for; proposals for names that are none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "frontend/ast.h"
#include "support/diagnostics.h"

namespace featc {

// A field of the request or item schema, however often it is declared.
struct FieldInfo {
  Scope scope = Scope::Item;
  std::string_view name;
  TypeName type;
  Span span;                    // of the first declaration
  std::string_view structList;  // whose member it is: `clicks` of `clicks.ts`; empty: none
};

// `clicks : list<{ ... }>` of the request or item schema. Its members are the fields
// fields()[firstField .. firstField + members - 1], lists of equal length named `clicks.ts` and so on; it is not a
// value by itself.
struct StructListInfo {
  Scope scope = Scope::Item;
  std::string_view name;
  std::string type;  // as written
  uint32_t firstField = 0;
  uint32_t members = 0;
  bool nullable = false;
  Span span;  // of the first declaration
};

// What an element is called in a sequence group.
inline constexpr std::string_view kElementName = "it";

// Values, functions (with sources, which are called alike) and outputs are three namespaces.
class Names {
 public:
  // Reports duplicates and clashes.
  Names(const Ast& ast, Diagnostics& diagnostics);

  // In order of their first declaration; positions are those of ProgramInfo::inputs.
  const std::vector<FieldInfo>& fields() const { return fields_; }
  std::optional<uint32_t> field(Scope scope, std::string_view name) const;
  // A let that statements of the group see, or, of kNoGroup, one that stands in no group.
  std::optional<uint32_t> let(std::string_view name, uint32_t group = kNoGroup) const;
  // A group that has a let of that name.
  std::optional<uint32_t> groupWithLet(std::string_view name) const;
  std::optional<uint32_t> fn(std::string_view name) const { return find(fns_, name); }
  std::optional<uint32_t> externFn(std::string_view name) const { return find(externs_, name); }
  std::optional<uint32_t> source(std::string_view name) const { return find(sources_, name); }
  std::optional<uint32_t> output(std::string_view name) const { return find(outputs_, name); }
  // The list of structs of that name, and the field that is its member `member`.
  const StructListInfo* structList(Scope scope, std::string_view name) const;
  std::optional<uint32_t> member(const StructListInfo& list, std::string_view member) const;
  // Whether a field, a list of structs or a let has the name.
  bool isValue(std::string_view name) const;
  // What declares it could not be read: an unknown name is then no mistake of its own.
  bool mayBeDeclared(std::string_view name) const { return ast_.incomplete || broken_.contains(name); }

  // The nearest known name. Nothing once no more mistakes are shown or too many names were compared.
  std::optional<std::string> nearestValue(std::string_view name, const FnDecl* fn, uint32_t group) const;
  std::optional<std::string> nearestField(std::string_view name, Scope scope) const;
  std::optional<std::string> nearestFunction(std::string_view name) const;
  // Operators with a name that goes on where this one ends: `match_all_first` of `match_all`.
  std::vector<std::string_view> longerOperators(std::string_view name) const;
  std::optional<std::string> nearest(std::string_view name, const std::vector<std::string_view>& candidates) const;

 private:
  using Table = std::unordered_map<std::string_view, uint32_t>;
  static std::optional<uint32_t> find(const Table& table, std::string_view name);
  bool proposes() const;
  void addFields();
  void addField(Scope scope, const FieldDecl& decl);
  void addStructList(const SchemaDecl& schema, const StructListDecl& decl);
  void reportFieldConflict(Scope scope, const Name& name, Span type, std::string_view here, std::string_view elsewhere,
                           Span first);
  std::optional<Span> placeOfField(Scope scope, std::string_view name) const;
  void addLetsAndFns();
  void addExterns();
  void addSources();
  void addOutputs();
  void addGroups();
  // `inBody`: an expression refers to them, so that they must differ from fields and lets of their file.
  void checkParams(std::string_view fn, const std::vector<FieldDecl>& params, bool inBody);
  // The place of a field or let of that name.
  std::optional<Span> placeOfValue(std::string_view name, std::string& what) const;
  // Whether a field or let of that name is declared in the file: those of other files a parameter hides.
  bool isValueOf(FileId file, std::string_view name);
  void reportDuplicate(std::string_view what, const Name& again, Span first);
  void reportShadowing(std::string_view what, const Name& name);

  const Ast& ast_;
  Diagnostics& diagnostics_;
  std::vector<FieldInfo> fields_;
  mutable size_t comparisons_ = 0;
  std::unordered_set<std::string_view> broken_;
  std::vector<StructListInfo> structLists_;
  Table requestFields_, itemFields_, requestStructLists_, itemStructLists_, lets_, fns_, externs_, sources_, outputs_,
      groups_;
  std::vector<Table> groupLets_;  // by group
  // Fields and lists of structs by the file that declares them; made when it is first asked for.
  std::unordered_map<FileId, std::unordered_set<std::string_view>> fieldsOfFiles_;
};

// Which parameter of `fn` has that name.
std::optional<uint32_t> findParam(const FnDecl& fn, std::string_view name);

// `name` as it is written in a config: in backquotes where it is not a plain word.
std::string written(std::string_view name);

}  // namespace featc
