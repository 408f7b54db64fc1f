// SPDX-License-Identifier: Apache-2.0
// From the parse tree of a statement to its declaration in the Ast.
#include "frontend/statement_builder.h"

#include <fmt/format.h>

#include "frontend/literals.h"
#include "frontend/tree.h"

namespace featc {
namespace {

using grammar::FeatParser;

}  // namespace

std::optional<ImportDecl> StatementBuilder::add(const TokenFile& file, const StatementTokens& tokens,
                                                FeatParser::StatementContext* tree, bool imported) {
  file_ = &file;
  auto* node = static_cast<antlr4::ParserRuleContext*>(tree->children[0]);
  bool added = true;
  switch (node->getRuleIndex()) {
    case FeatParser::RuleModelStatement:
      if (!imported) {
        push(StatementKind::Model, ast_.models, NamedDecl{name(node->children[1]), span(node->children[0])});
      }
      break;
    case FeatParser::RuleHashFamilyStatement:
      push(StatementKind::HashFamily, ast_.hashFamilies, NamedDecl{name(node->children[1]), span(node->children[0])});
      break;
    case FeatParser::RuleImportStatement: return import(static_cast<FeatParser::ImportStatementContext*>(node));
    case FeatParser::RuleSemanticsStatement:
      added = semantics(static_cast<FeatParser::SemanticsStatementContext*>(node));
      break;
    case FeatParser::RuleSchemaStatement: schema(static_cast<FeatParser::SchemaStatementContext*>(node)); break;
    case FeatParser::RuleSourceStatement: added = source(static_cast<FeatParser::SourceStatementContext*>(node)); break;
    case FeatParser::RuleLetStatement: added = let(static_cast<FeatParser::LetStatementContext*>(node)); break;
    case FeatParser::RuleFnStatement: added = fn(static_cast<FeatParser::FnStatementContext*>(node)); break;
    case FeatParser::RuleExternStatement:
      added = externFn(static_cast<FeatParser::ExternStatementContext*>(node));
      break;
    case FeatParser::RuleGroupStatement: added = group(static_cast<FeatParser::GroupStatementContext*>(node)); break;
    default: added = output(static_cast<FeatParser::OutputStatementContext*>(node)); break;
  }
  if (!added) addBroken(file, tokens);
  return std::nullopt;
}

void StatementBuilder::addBroken(const TokenFile& file, const StatementTokens& tokens) {
  if (tokens.part == StatementPart::GroupHead) brokenGroup_ = true;
  auto token = [&file](uint32_t i) -> const Token& { return file.tokens[i]; };
  auto remember = [&](uint32_t i) { ast_.brokenNames.emplace_back(nameOf(file.text(), token(i))); };
  std::string_view keyword = file.text(token(tokens.begin));
  bool declares = keyword == "let" || keyword == "fn" || keyword == "source";
  if (declares && tokens.begin + 1 < tokens.end && isNameToken(token(tokens.begin + 1).kind))
    remember(tokens.begin + 1);
  if (keyword == "extern" && tokens.begin + 2 < tokens.end && isNameToken(token(tokens.begin + 2).kind))
    remember(tokens.begin + 2);
  if (keyword == "import") ast_.incomplete = true;
  if (keyword != "request" && keyword != "item" && keyword != "source") return;
  for (uint32_t i = tokens.begin + 1; i + 1 < tokens.end; ++i) {
    bool isField = isNameToken(token(i).kind) && (token(i + 1).kind == TokenKind::Colon || token(i).startsLine);
    if (isField) remember(i);
  }
}

template <typename Decl>
bool StatementBuilder::push(StatementKind kind, std::vector<Decl>& table, Decl decl) {
  if (brokenGroup_) return true;
  ast_.statements.push_back({kind, static_cast<uint32_t>(table.size())});
  table.push_back(std::move(decl));
  return true;
}

std::optional<ImportDecl> StatementBuilder::import(FeatParser::ImportStatementContext* tree) {
  const Token& t = token(tree->children[1]);
  auto path = decodeString(file_->text(t), file_->span(t), diagnostics_);
  if (!path) {
    ast_.incomplete = true;
    return std::nullopt;
  }
  return ImportDecl{std::move(*path), file_->span(t)};
}

bool StatementBuilder::semantics(FeatParser::SemanticsStatementContext* tree) {
  const Token& t = token(tree->children[1]);
  auto version = decodeInteger(file_->text(t), /*negative=*/false, file_->span(t), diagnostics_);
  if (!version) return false;
  return push(StatementKind::Semantics, ast_.semantics,
              SemanticsDecl{{*version, file_->span(t)}, span(tree->children[0])});
}

void StatementBuilder::schema(FeatParser::SchemaStatementContext* tree) {
  SchemaDecl decl;
  decl.scope = leafType(tree->children[0]) == FeatParser::REQUEST ? Scope::Request : Scope::Item;
  decl.span = span(tree->children[0]);
  for (size_t i = 2; i + 1 < tree->children.size(); ++i) {
    const auto& parts = tree->children[i]->children;
    addFields(decl.fields, decl.structLists, parts[0], static_cast<FeatParser::TypeContext*>(parts[2]));
  }
  push(StatementKind::Schema, ast_.schemas, std::move(decl));
}

bool StatementBuilder::source(FeatParser::SourceStatementContext* tree) {
  SourceDecl decl;
  decl.name = name(tree->children[1]);
  bool good = parameters(decl.keys, static_cast<FeatParser::ParametersContext*>(tree->children[2]));
  std::optional<Span> keyWord;
  for (size_t i = 3; i < tree->children.size() && good; ++i) {
    if (auto* encoding = as<FeatParser::EncodingContext>(tree->children[i], FeatParser::RuleEncoding)) {
      Name word = name(encoding->children[0]);
      if (word.text != "encoding") {
        diagnostics_
            .report(DiagnosticKind::UnknownClause, word.span,
                    fmt::format(
                        "\"{}\" is not a clause of a source; \"encoding hash\" or \"encoding json\" is possible here",
                        word.text))
            .replace(word.span, "encoding");
        return false;
      }
      decl.encoding = name(encoding->children[1]);
    } else if (auto* entry = as<FeatParser::SourceEntryContext>(tree->children[i], FeatParser::RuleSourceEntry)) {
      good = sourceEntry(decl, keyWord, entry);
    }
  }
  return good && push(StatementKind::Source, ast_.sources, std::move(decl));
}

// `key "pattern"`, `key escaped "pattern"` or a field.
bool StatementBuilder::sourceEntry(SourceDecl& decl, std::optional<Span>& keyWord,
                                   FeatParser::SourceEntryContext* tree) {
  antlr4::tree::ParseTree* last = tree->children.back();
  if (as<FeatParser::TypeContext>(last, FeatParser::RuleType) != nullptr) {
    addFields(decl.fields, decl.structLists, tree->children[0],
              static_cast<FeatParser::TypeContext*>(tree->children[2]));
    return true;
  }
  Name word = name(tree->children[0]);
  if (word.text != "key") {
    diagnostics_.report(DiagnosticKind::UnknownClause, word.span,
                        fmt::format("\"{}\" takes \":\" and a type; only \"key\" takes a pattern", word.text));
    return false;
  }
  if (keyWord) {
    diagnostics_.report(DiagnosticKind::InvalidClause, word.span, "a source has one \"key\"")
        .note(*keyWord, "the first one");
    return false;
  }
  keyWord = word.span;
  decl.keyEscaped = tree->children.size() == 3;
  if (Name how = decl.keyEscaped ? name(tree->children[1]) : Name(); decl.keyEscaped && how.text != "escaped") {
    diagnostics_
        .report(DiagnosticKind::UnknownClause, how.span,
                fmt::format("between \"key\" and its pattern only \"escaped\" is allowed, not \"{}\"", how.text))
        .replace(how.span, "escaped");
    return false;
  }
  const Token& pattern = token(last);
  auto text = decodeString(file_->text(pattern), file_->span(pattern), diagnostics_);
  if (!text) return false;
  decl.keyPattern = std::move(*text);
  decl.keyPatternSpan = file_->span(pattern);
  return true;
}

bool StatementBuilder::let(FeatParser::LetStatementContext* tree) {
  auto value = expressions_.build(*file_, static_cast<FeatParser::ExpressionContext*>(tree->children[3]));
  return value && push(StatementKind::Let, ast_.lets, LetDecl{name(tree->children[1]), *value, group_});
}

bool StatementBuilder::fn(FeatParser::FnStatementContext* tree) {
  FnDecl decl;
  decl.name = name(tree->children[1]);
  bool good = parameters(decl.params, static_cast<FeatParser::ParametersContext*>(tree->children[2]), &decl.defaults);
  auto body = expressions_.build(*file_, static_cast<FeatParser::ExpressionContext*>(tree->children[4]));
  if (!good || !body) return false;
  decl.body = *body;
  return push(StatementKind::Fn, ast_.fns, std::move(decl));
}

bool StatementBuilder::externFn(FeatParser::ExternStatementContext* tree) {
  for (auto [child, word] : {std::pair<size_t, std::string_view>{1, "fn"}, {7, "from"}}) {
    Name given = name(tree->children[child]);
    if (given.text == word) continue;
    diagnostics_
        .report(DiagnosticKind::Syntax, given.span, fmt::format("expected \"{}\", found \"{}\"", word, given.text))
        .note(
            "an extern fn is declared like: extern fn similarity(a: string, b: string) -> float64 from \"libmine.so\"");
    return false;
  }
  ExternFnDecl decl;
  decl.name = name(tree->children[2]);
  bool good = parameters(decl.params, static_cast<FeatParser::ParametersContext*>(tree->children[3]));
  decl.result = typeName(static_cast<FeatParser::TypeContext*>(tree->children[6]));
  const Token& library = token(tree->children[8]);
  decl.librarySpan = file_->span(library);
  auto text = decodeString(file_->text(library), decl.librarySpan, diagnostics_);
  if (!good || !text) return false;
  decl.library = std::move(*text);
  return push(StatementKind::ExternFn, ast_.externs, std::move(decl));
}

bool StatementBuilder::output(FeatParser::OutputStatementContext* tree) {
  OutputDecl decl;
  decl.kind = leafType(tree->children[0]) == FeatParser::SPARSE  ? OutputKind::Sparse
              : leafType(tree->children[0]) == FeatParser::DENSE ? OutputKind::Dense
                                                                 : OutputKind::Sequence;
  decl.name = name(tree->children[1]);
  decl.span = spanOf(tree);
  bool good = fitsGroup(decl, span(tree->children[0]));
  std::vector<Name> seen;
  for (auto* child : tree->children) {
    if (auto* c = as<FeatParser::ClauseContext>(child, FeatParser::RuleClause)) good = clause(decl, seen, c) && good;
    if (auto* p = as<FeatParser::PadClauseContext>(child, FeatParser::RulePadClause))
      good = fitsPad(decl, span(p->children[0])) && pad(decl.padLeft, p) && good;
  }
  auto value = expressions_.build(*file_, static_cast<FeatParser::ExpressionContext*>(tree->children.back()));
  if (!good || !value) return false;
  decl.value = *value;
  decl.group = group_;
  if (group_ != kNoGroup) {
    GroupDecl& group = ast_.groups[group_];
    if (!group.nameless)
      decl.name.text = fmt::format("{}__{}", group.name.text, decl.name.text);
    else if (group.name.text.empty())
      group.name.text = decl.name.text;
  }
  return push(StatementKind::Output, ast_.outputs, std::move(decl));
}

bool StatementBuilder::fitsGroup(const OutputDecl& decl, Span keyword) {
  if (decl.kind != OutputKind::Sequence || (group_ == kNoGroup && !brokenGroup_)) return true;
  diagnostics_
      .report(DiagnosticKind::NotInGroup, keyword,
              "a sequence cannot be inside a sequence group, whose outputs have a value for each element already")
      .note("one id, or several, for each element: sparse NAME slot N = ...")
      .replace(keyword, "sparse");
  return false;
}

bool StatementBuilder::group(FeatParser::GroupStatementContext* tree) {
  GroupDecl decl;
  decl.nameless = leafType(tree->children[0]) == FeatParser::NAMELESS_GROUP;
  Name over = name(tree->children[decl.nameless ? 2 : 3]);
  decl.name = decl.nameless ? Name{"", over.span} : name(tree->children[2]);
  bool good = over.text == "over";
  if (!good) {
    diagnostics_
        .report(DiagnosticKind::UnknownClause, over.span,
                fmt::format("expected \"over\" and a list after the group's name, found \"{}\"", over.text))
        .note("write: sequence group recent over clicks length 50 {");
  }
  for (size_t i = 3; i < tree->children.size(); ++i) {
    if (auto* e = as<FeatParser::ExpressionContext>(tree->children[i], FeatParser::RuleExpression)) {
      auto list = expressions_.build(*file_, e);
      good = list && good;
      decl.over.push_back(list.value_or(kNoExpr));
    }
    if (auto* c = as<FeatParser::ClauseContext>(tree->children[i], FeatParser::RuleClause))
      good = groupClause(decl, c) && good;
    if (auto* p = as<FeatParser::PadClauseContext>(tree->children[i], FeatParser::RulePadClause))
      good = pad(decl.padLeft, p) && good;
    if (auto* w = as<FeatParser::WhereClauseContext>(tree->children[i], FeatParser::RuleWhereClause))
      good = where(decl, w) && good;
  }
  if (!good) return false;
  group_ = static_cast<uint32_t>(ast_.groups.size());
  return push(StatementKind::Group, ast_.groups, std::move(decl));
}

bool StatementBuilder::parameters(std::vector<FieldDecl>& out, FeatParser::ParametersContext* tree,
                                  std::vector<ExprId>* defaults) {
  for (size_t i = 1; i + 1 < tree->children.size(); ++i) {
    auto* child = tree->children[i];
    if (auto* parameter = as<FeatParser::ParameterContext>(child, FeatParser::RuleParameter)) {
      const auto& parts = static_cast<FeatParser::FieldContext*>(parameter->children[0])->children;
      out.push_back(field(parts[0], static_cast<FeatParser::TypeContext*>(parts[2])));
      bool hasDefault = parameter->children.size() > 1;
      if (hasDefault && defaults == nullptr) {
        diagnostics_.report(DiagnosticKind::Syntax, span(parameter->children[1]),
                            "only parameters of a fn have defaults");
        return false;
      }
      ExprId value = kNoExpr;
      if (hasDefault) {
        auto built = expressions_.build(*file_, static_cast<FeatParser::ExpressionContext*>(parameter->children[2]));
        if (!built) return false;
        value = *built;
      }
      if (defaults != nullptr) defaults->push_back(value);
    } else if (leafType(tree->children[i + 1]) == FeatParser::COMMA) {
      diagnostics_.report(DiagnosticKind::Syntax, span(tree->children[i + 1]), "expected a name between the commas");
      return false;
    }
  }
  return true;
}

FieldDecl StatementBuilder::field(antlr4::tree::ParseTree* nameLeaf, FeatParser::TypeContext* typeTree) {
  return {name(nameLeaf), typeName(typeTree)};
}

const Token& StatementBuilder::token(antlr4::tree::ParseTree* leaf) const {
  return file_->tokens[tokenIndex(static_cast<antlr4::tree::TerminalNode*>(leaf)->getSymbol())];
}

Name StatementBuilder::name(antlr4::tree::ParseTree* leaf) const {
  const Token& t = token(leaf);
  return {std::string(nameOf(file_->text(), t)), file_->span(t)};
}

Span StatementBuilder::span(antlr4::tree::ParseTree* leaf) const { return file_->span(token(leaf)); }

Span StatementBuilder::spanOf(antlr4::ParserRuleContext* tree) const {
  const Token& first = file_->tokens[tokenIndex(tree->getStart())];
  return file_->span(first).to(file_->span(file_->tokens[tokenIndex(tree->getStop())]));
}

}  // namespace featc
