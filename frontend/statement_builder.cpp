// SPDX-License-Identifier: Apache-2.0
// From the parse tree of a statement to its declaration in the Ast.
#include "frontend/statement_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "frontend/literals.h"
#include "frontend/tree.h"
#include "support/suggest.h"

namespace featc {
namespace {

using grammar::FeatParser;

enum class ClauseValue : uint8_t { None, Whole, Number };

// The clauses of outputs: who takes them, and what follows the word.
struct ClauseRule {
  std::string_view word;
  std::array<bool, 3> takes;  // sparse, dense, sequence
  ClauseValue value;
};
constexpr std::array<ClauseRule, 6> kClauses = {{
    {"slot", {true, false, true}, ClauseValue::Whole},
    {"shared", {true, false, true}, ClauseValue::None},
    {"missing", {true, false, false}, ClauseValue::Whole},
    {"width", {false, true, false}, ClauseValue::Whole},
    {"default", {false, true, false}, ClauseValue::Number},
    {"length", {false, false, true}, ClauseValue::Whole},
}};

std::string clausesOf(OutputKind kind) {
  std::string words;
  for (const ClauseRule& rule : kClauses) {
    if (rule.takes[static_cast<size_t>(kind)]) words += fmt::format(" {}", rule.word);
  }
  if (kind == OutputKind::Sequence) words += " pad";
  return words;
}

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

// Outputs of a group are padded as the group says, others have no length.
bool StatementBuilder::fitsPad(const OutputDecl& decl, Span word) {
  if (decl.kind == OutputKind::Sequence) return true;
  bool inGroup = group_ != kNoGroup || brokenGroup_;
  diagnostics_
      .report(DiagnosticKind::InvalidClause, word,
              fmt::format("\"pad\" is not a clause of a {} output", outputKindName(decl.kind)))
      .note(inGroup
                ? std::string("it is one of the whole group: sequence group recent over clicks length 50 pad left {")
                : fmt::format("a {} output takes:{}", outputKindName(decl.kind), clausesOf(decl.kind)));
  return false;
}

bool StatementBuilder::needsSide(const Name& word) {
  diagnostics_.report(DiagnosticKind::InvalidClause, word.span, "\"pad\" takes a side: pad left");
  return false;
}

bool StatementBuilder::pad(std::optional<Span>& padLeft, FeatParser::PadClauseContext* tree) {
  Name side = name(tree->children[1]);
  Span all = span(tree->children[0]).to(side.span);
  if (side.text != "left") {
    Diagnostic& d = diagnostics_.report(
        DiagnosticKind::InvalidClause, side.span,
        fmt::format("\"pad\" takes \"left\", not \"{}\"; without it, padding is on the right", side.text));
    if (side.text == "right") d.replace(all, "");
    return false;
  }
  if (padLeft) {
    diagnostics_.report(DiagnosticKind::InvalidClause, all, "\"pad\" is given twice").note(*padLeft, "the first one");
    return false;
  }
  padLeft = all;
  return true;
}

bool StatementBuilder::where(GroupDecl& decl, FeatParser::WhereClauseContext* tree) {
  if (decl.where != kNoExpr) {
    diagnostics_.report(DiagnosticKind::InvalidClause, span(tree->children[0]), "\"where\" is given twice")
        .note(ast_.expr(decl.where).span, "the first condition")
        .note("both conditions in one: where a && b");
    return false;
  }
  auto condition = expressions_.build(*file_, static_cast<FeatParser::ExpressionContext*>(tree->children[1]));
  decl.where = condition.value_or(kNoExpr);
  return condition.has_value();
}

bool StatementBuilder::groupClause(GroupDecl& decl, FeatParser::ClauseContext* tree) {
  Name word = name(tree->children[0]);
  std::optional<IntClause>* clause = word.text == "length"  ? &decl.length
                                     : word.text == "first" ? &decl.first
                                     : word.text == "last"  ? &decl.last
                                                            : nullptr;
  if (clause == nullptr) {
    constexpr std::array<std::string_view, 5> kWords = {"where", "first", "last", "length", "pad"};
    if (word.text == "pad") return needsSide(word);
    auto near = nearestName(word.text, kWords);
    Diagnostic& d =
        diagnostics_.report(DiagnosticKind::UnknownClause, word.span,
                            fmt::format("\"{}\" is not a clause of a sequence group{}", word.text,
                                        near ? fmt::format("; did you mean \"{}\"?", *near) : std::string()));
    d.note("a sequence group takes: where first last length pad");
    d.note("write: sequence group recent over clicks length 50 {");
    return false;
  }
  if (*clause) {
    diagnostics_.report(DiagnosticKind::InvalidClause, word.span, fmt::format("\"{}\" is given twice", word.text))
        .note((*clause)->span, "the first one");
    return false;
  }
  if (tree->children.size() == 1) {
    diagnostics_.report(DiagnosticKind::InvalidClause, word.span, fmt::format("\"{}\" takes a number", word.text));
    return false;
  }
  *clause = wholeNumber(word, tree);
  if (*clause && decl.first && decl.last) {
    diagnostics_
        .report(DiagnosticKind::InvalidClause, word.span,
                "a sequence group has the first or the last elements, not both")
        .note("a part of a list is cut with head, tail and slice: over head(tail(clicks, 10), 5)");
    return false;
  }
  return clause->has_value();
}

bool StatementBuilder::clause(OutputDecl& decl, std::vector<Name>& seen, FeatParser::ClauseContext* tree) {
  Name word = name(tree->children[0]);
  const auto* rule =
      std::find_if(kClauses.begin(), kClauses.end(), [&](const ClauseRule& r) { return r.word == word.text; });
  if (rule == kClauses.end()) {
    std::array<std::string_view, kClauses.size()> words;
    std::transform(kClauses.begin(), kClauses.end(), words.begin(), [](const ClauseRule& r) { return r.word; });
    if (word.text == "pad" && decl.kind == OutputKind::Sequence) return needsSide(word);
    auto nearest = nearestName(word.text, words);
    Diagnostic& diagnostic = diagnostics_.report(
        DiagnosticKind::UnknownClause, word.span,
        nearest ? fmt::format("\"{}\" is not a clause of an output; did you mean \"{}\"?", word.text, *nearest)
                : fmt::format("\"{}\" is not a clause of an output", word.text));
    diagnostic.note(fmt::format("a {} output takes:{}", outputKindName(decl.kind), clausesOf(decl.kind)));
    if (nearest) diagnostic.replace(word.span, *nearest);
    return false;
  }
  if (!rule->takes[static_cast<size_t>(decl.kind)]) {
    Diagnostic& d =
        diagnostics_
            .report(DiagnosticKind::InvalidClause, word.span,
                    fmt::format("\"{}\" is not a clause of a {} output", word.text, outputKindName(decl.kind)))
            .note(fmt::format("a {} output takes:{}", outputKindName(decl.kind), clausesOf(decl.kind)));
    // What stands for a missing value has another name there.
    bool isWhole = tree->children.size() == 2 && leafType(tree->children[1]) == FeatParser::INTEGER;
    if (decl.kind == OutputKind::Dense && word.text == "missing" && tree->children.size() > 1)
      d.replace(word.span, "default");
    if (decl.kind == OutputKind::Sparse && word.text == "default" && isWhole) d.replace(word.span, "missing");
    return false;
  }
  auto first = std::find_if(seen.begin(), seen.end(), [&](const Name& other) { return other.text == word.text; });
  if (first != seen.end()) {
    diagnostics_.report(DiagnosticKind::InvalidClause, word.span, fmt::format("\"{}\" is given twice", word.text))
        .note(first->span, "the first one");
    return false;
  }
  seen.push_back(word);
  bool hasValue = tree->children.size() > 1;
  if (hasValue == (rule->value == ClauseValue::None)) {
    diagnostics_.report(
        DiagnosticKind::InvalidClause, spanOf(tree),
        hasValue ? fmt::format("\"{}\" takes no number", word.text) : fmt::format("\"{}\" takes a number", word.text));
    return false;
  }
  return clauseValue(decl, word, tree);
}

bool StatementBuilder::clauseValue(OutputDecl& decl, const Name& word, FeatParser::ClauseContext* tree) {
  if (word.text == "shared") {
    decl.shared = word.span;
    return true;
  }
  bool negative = tree->children.size() == 3;
  const Token& number = token(tree->children.back());
  Span at = span(tree->children[1]).to(file_->span(number));
  if (word.text == "default") {
    decl.defaultSpan = at;
    auto value = decodeFloat(file_->text(number), at, diagnostics_);
    if (!value) return false;
    decl.defaultValue = negative ? -*value : *value;
    return true;
  }
  std::optional<IntClause> clause = wholeNumber(word, tree);
  if (!clause) return false;
  if (word.text == "slot") decl.slot = clause;
  if (word.text == "missing") decl.missing = clause;
  if (word.text == "width") decl.width = clause;
  if (word.text == "length") decl.length = clause;
  return true;
}

std::optional<IntClause> StatementBuilder::wholeNumber(const Name& word, FeatParser::ClauseContext* tree) {
  const Token& number = token(tree->children.back());
  Span at = span(tree->children[1]).to(file_->span(number));
  if (number.kind == TokenKind::Float) {
    diagnostics_.report(DiagnosticKind::InvalidClause, at, fmt::format("\"{}\" takes a whole number", word.text));
    return std::nullopt;
  }
  auto value = decodeInteger(file_->text(number), tree->children.size() == 3, at, diagnostics_);
  if (!value) return std::nullopt;
  return IntClause{*value, at};
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
