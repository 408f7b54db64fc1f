// SPDX-License-Identifier: Apache-2.0
// From the parse tree of a statement to its declaration in the Ast.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frontend/expression_builder.h"
#include "frontend/statement_parser.h"

namespace featc {

// `import "path"`, to be followed by whoever reads the files.
struct ImportDecl {
  std::string path;
  Span span;  // the string
};

class StatementBuilder {
 public:
  StatementBuilder(Ast& ast, const FrontendLimits& limits, Diagnostics& diagnostics)
      : ast_(ast), diagnostics_(diagnostics), expressions_(ast, limits, diagnostics) {}

  // Adds the statement to the Ast; an import is returned instead. `imported`: the file's `model` does not count.
  std::optional<ImportDecl> add(const TokenFile& file, const StatementTokens& tokens,
                                grammar::FeatParser::StatementContext* tree, bool imported);
  // What comes next stands in no sequence group any more.
  void endGroup() {
    group_ = kNoGroup;
    brokenGroup_ = false;
  }
  // Remembers what a statement that is not added would have declared.
  void addBroken(const TokenFile& file, const StatementTokens& tokens);

 private:
  using Parser = grammar::FeatParser;
  using Children = std::vector<antlr4::tree::ParseTree*>;

  std::optional<ImportDecl> import(Parser::ImportStatementContext* tree);
  bool semantics(Parser::SemanticsStatementContext* tree);
  void schema(Parser::SchemaStatementContext* tree);
  bool source(Parser::SourceStatementContext* tree);
  bool sourceEntry(SourceDecl& decl, std::optional<Span>& keyWord, Parser::SourceEntryContext* tree);
  bool let(Parser::LetStatementContext* tree);
  bool fn(Parser::FnStatementContext* tree);
  bool externFn(Parser::ExternStatementContext* tree);
  bool output(Parser::OutputStatementContext* tree);
  bool group(Parser::GroupStatementContext* tree);
  // A sequence output cannot stand in a group.
  bool fitsGroup(const OutputDecl& decl, Span keyword);
  bool clause(OutputDecl& decl, std::vector<Name>& seen, Parser::ClauseContext* tree);
  bool clauseValue(OutputDecl& decl, const Name& word, Parser::ClauseContext* tree);
  bool groupClause(GroupDecl& decl, Parser::ClauseContext* tree);
  bool fitsPad(const OutputDecl& decl, Span word);
  bool needsSide(const Name& word);
  bool pad(std::optional<Span>& padLeft, Parser::PadClauseContext* tree);
  bool where(GroupDecl& decl, Parser::WhereClauseContext* tree);
  std::optional<IntClause> wholeNumber(const Name& word, Parser::ClauseContext* tree);

  // `defaults`: those of a fn, one a parameter; null where none are possible.
  bool parameters(std::vector<FieldDecl>& out, Parser::ParametersContext* tree,
                  std::vector<ExprId>* defaults = nullptr);
  FieldDecl field(antlr4::tree::ParseTree* name, Parser::TypeContext* type);
  // One field, or those that a list of structs stands for.
  void addFields(std::vector<FieldDecl>& fields, std::vector<StructListDecl>& structLists,
                 antlr4::tree::ParseTree* name, Parser::TypeContext* type);
  void addStructList(std::vector<FieldDecl>& fields, std::vector<StructListDecl>& structLists, StructListDecl list,
                     Parser::StructTypeContext* tree);
  TypeName typeName(Parser::TypeContext* tree);
  // `depth` counts the lists and maps around it.
  Type type(Parser::TypeContext* tree, int depth = 0);
  Type scalarType(const Token& word);
  Type keyType(Parser::TypeContext* tree, int depth);
  Type listType(Parser::TypeContext* tree, const std::vector<Parser::TypeContext*>& arguments, int depth);
  Type mapType(Parser::TypeContext* tree, const std::vector<Parser::TypeContext*>& arguments, int depth);
  Type timestampType(const Token& word);
  Type element(Parser::TypeContext* tree, int depth);
  void elementMayBeMissing(antlr4::tree::ParseTree* sign);
  Type invalidType(Span span, std::string message);

  template <typename Decl>
  bool push(StatementKind kind, std::vector<Decl>& table, Decl decl);

  const Token& token(antlr4::tree::ParseTree* leaf) const;
  Name name(antlr4::tree::ParseTree* leaf) const;
  Span span(antlr4::tree::ParseTree* leaf) const;
  Span spanOf(antlr4::ParserRuleContext* tree) const;

  Ast& ast_;
  Diagnostics& diagnostics_;
  ExpressionBuilder expressions_;
  const TokenFile* file_ = nullptr;
  // The sequence group that statements stand in; a broken one is in no Ast, and neither are they.
  uint32_t group_ = kNoGroup;
  bool brokenGroup_ = false;
  bool ofKey_ = false;    // of a map
  bool ofField_ = false;  // the type that is read is one of data, and may be timestamp
};

}  // namespace featc
