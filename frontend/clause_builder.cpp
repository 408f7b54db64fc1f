// SPDX-License-Identifier: Apache-2.0
// The clauses of outputs and of sequence groups.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "frontend/literals.h"
#include "frontend/statement_builder.h"
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

// Outputs of a group are padded as the group says, others have no length.
bool StatementBuilder::fitsPad(const OutputDecl& decl, Span word) {
  if (decl.kind == OutputKind::Sequence) return true;
  bool inGroup = group_ != kNoGroup || brokenGroup_;
  diagnostics_
      .report(DiagnosticKind::InvalidClause, word,
              fmt::format("\"pad\" is not a clause of a {} output", outputKindName(decl.kind)))
      .note(inGroup ? std::string(
                          "it is a clause of the whole group: sequence group recent over clicks length 50 pad left {")
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

}  // namespace featc
