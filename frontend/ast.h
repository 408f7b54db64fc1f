// SPDX-License-Identifier: Apache-2.0
// What was written: the statements and expressions of one config and its imports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program_info.h"
#include "support/source.h"
#include "values/type.h"

namespace featc {

struct Operator;

using ExprId = uint32_t;
inline constexpr ExprId kNoExpr = UINT32_MAX;

enum class ExprKind : uint8_t {
  Int,          // intValue
  Float,        // floatValue
  Bool,         // intValue 0 or 1
  String,       // text (escapes decoded, any bytes)
  File,         // text (as String); intValue: index in Ast::dataFiles, whose content is meant
  List,         // children
  Map,          // children: key, value, key, value ...
  Name,         // text
  Field,        // children[0] . text
  Index,        // children[0] [ children[1] ]
  Call,         // text ( children ); argNames beside them
  Unary,        // op children[0]
  Binary,       // children[0] op children[1]
  Conditional,  // children[0] ? children[1] : children[2]
};

enum class UnaryOp : uint8_t { Negate, Not };
enum class BinaryOp : uint8_t {
  Multiply,
  Divide,
  Remainder,
  Add,
  Subtract,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  And,
  Or,
  Default,
};
// As written: `+`, `??`.
std::string_view symbolOf(BinaryOp op);
std::string_view symbolOf(UnaryOp op);
// The operator record behind it: `add`, `default_to`; see ops/.
// The operator behind what is written with a sign.
const Operator& operatorOf(BinaryOp op);
const Operator& operatorOf(UnaryOp op);
const Operator& indexOperator();
const Operator& conditionalOperator();
const Operator& listOperator();
const Operator& mapOperator();

// Expressions live in one table of their Ast, children and texts in tables beside it.
struct Expr {
  ExprKind kind = ExprKind::Int;
  uint8_t op = 0;  // UnaryOp or BinaryOp
  bool parenthesized = false;
  Span span;      // whole expression, parentheses excluded
  Span nameSpan;  // Field, Call: the name; Unary, Binary: the operator sign
  int64_t intValue = 0;
  double floatValue = 0;
  uint32_t text = 0;        // index in Ast::texts
  uint32_t firstChild = 0;  // in Ast::children
  uint32_t childCount = 0;
  uint32_t firstArgName = 0;  // Call: in Ast::argNames, one a child
};

// `name = value` in a call; positional arguments have an empty name.
struct ArgName {
  std::string name;
  Span span;
};

struct Name {
  std::string text;
  Span span;
};

struct TypeName {
  Type type;  // None where the text is not a type (reported already)
  Span span;
};

// A member of a list of structs is a field of its own: `ts` of `clicks : list<{ ts: int64 }>` is the field
// `clicks.ts` of type list<int64>.
struct FieldDecl {
  Name name;
  TypeName type;
};

// `clicks : list<{ ... }>`: which fields are its members.
struct StructListDecl {
  Name name;
  Span type;
  uint32_t firstField = 0;
  uint32_t members = 0;
  bool nullable = false;
};

// `request { ... }` or `item { ... }`.
struct SchemaDecl {
  Scope scope = Scope::Item;
  Span span;  // the keyword
  std::vector<FieldDecl> fields;
  std::vector<StructListDecl> structLists;  // by first field
};

struct SourceDecl {
  Name name;
  std::vector<FieldDecl> keys;
  std::optional<Name> encoding;
  std::string keyPattern;  // escapes decoded
  bool keyEscaped = false;
  Span keyPatternSpan;  // empty where the `key` line is missing
  std::vector<FieldDecl> fields;
  std::vector<StructListDecl> structLists;  // by first field
};

// Of statements that stand in no sequence group.
inline constexpr uint32_t kNoGroup = UINT32_MAX;

struct LetDecl {
  Name name;
  ExprId value = kNoExpr;
  uint32_t group = kNoGroup;  // in Ast::groups: seen by its statements only
};

struct FnDecl {
  Name name;
  std::vector<FieldDecl> params;
  std::vector<ExprId> defaults;  // by parameter; kNoExpr: a call must give it
  ExprId body = kNoExpr;
};

// `extern fn NAME(a: T, ...) -> T from "LIBRARY"`
struct ExternFnDecl {
  Name name;
  std::vector<FieldDecl> params;
  TypeName result;
  std::string library;
  Span librarySpan;
};

// An integer clause: `slot 4`, `width 8`, `length 50`, `missing 0`.
struct IntClause {
  int64_t value = 0;
  Span span;  // the number
};

struct OutputDecl {
  OutputKind kind = OutputKind::Sparse;
  Name name;
  Span span;  // from the keyword to the end of the expression
  std::optional<IntClause> slot;
  std::optional<Span> shared;
  std::optional<IntClause> missing;
  std::optional<IntClause> width;
  std::optional<double> defaultValue;
  Span defaultSpan;
  std::optional<IntClause> length;
  std::optional<Span> padLeft;
  ExprId value = kNoExpr;
  uint32_t group = kNoGroup;  // in Ast::groups: the name's text is then `GROUP__NAME`, unless that is nameless
};

// `sequence group NAME over LIST, ... where CONDITION last N length L { ... }`; its lets and outputs point to it.
struct GroupDecl {
  Name name;                       // of a nameless one that of its first output
  bool nameless = false;           // its outputs are called as they are written
  std::vector<ExprId> over;        // one or more
  ExprId where = kNoExpr;          // which elements stay
  std::optional<IntClause> first;  // how many of those; at most one of the two is given
  std::optional<IntClause> last;
  std::optional<IntClause> length;  // at least one of the three, and as many as the least of them
  std::optional<Span> padLeft;
};

// `model NAME`, `hash_family NAME`.
struct NamedDecl {
  Name name;
  Span keyword;
};
struct SemanticsDecl {
  IntClause version;
  Span keyword;
};

enum class StatementKind : uint8_t { Model, Semantics, HashFamily, Schema, Source, Let, Fn, ExternFn, Output, Group };

// Position in the table of its kind; statements are in order, an import's where it stands.
struct Statement {
  StatementKind kind;
  uint32_t index = 0;
};

// The main file and everything it imports, in one piece.
// Where one import statement, or one name of a data file, led; several may lead to one file.
struct ImportedFile {
  std::string asked;  // the importing file's folder and what the statement says
  std::string path;   // the file behind it, without symlinks
  FileId file = 0;
};

// What a string that names a file stands for: a vocabulary.
struct DataFile {
  Span name;  // the string
  FileId file = 0;
  std::string_view content;  // owned by the Sources
};

struct Ast {
  FileId mainFile = 0;
  std::vector<ImportedFile> imports;       // those that were read, data files too
  std::vector<std::string> unreadImports;  // where the others led: `asked`, as above
  std::vector<DataFile> dataFiles;
  std::vector<Statement> statements;
  std::vector<NamedDecl> models;
  std::vector<SemanticsDecl> semantics;
  std::vector<NamedDecl> hashFamilies;
  std::vector<SchemaDecl> schemas;
  std::vector<SourceDecl> sources;
  std::vector<LetDecl> lets;
  std::vector<FnDecl> fns;
  std::vector<ExternFnDecl> externs;
  std::vector<OutputDecl> outputs;
  std::vector<GroupDecl> groups;

  std::vector<Expr> exprs;
  std::vector<ExprId> children;
  std::vector<std::string> texts;
  std::vector<ArgName> argNames;

  // What statements with a syntax error would have declared: using such a name is not a second mistake.
  std::vector<std::string> brokenNames;
  // An import could not be read: any unknown name may come from it.
  bool incomplete = false;

  const Expr& expr(ExprId id) const { return exprs[id]; }
  ExprId child(const Expr& e, uint32_t i) const { return children[e.firstChild + i]; }
  const std::string& text(const Expr& e) const { return texts[e.text]; }
  // The data file that the string at `name` stands for, or null.
  const DataFile* dataFileAt(Span name) const;
};

// The name of a struct list's member: `ts` of `clicks.ts`.
std::string_view memberName(const StructListDecl& list, const FieldDecl& member);
// As written: `list<{ id: int64, ts: int64 }>?`.
std::string typeText(const StructListDecl& list, const std::vector<FieldDecl>& fields);

// What dump --stage ast prints: one statement a line, expressions fully parenthesized.
std::string toString(const Ast& ast);

}  // namespace featc
