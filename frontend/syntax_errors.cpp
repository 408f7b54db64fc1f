// SPDX-License-Identifier: Apache-2.0
// Says in plain words why a statement could not be parsed.
#include "frontend/syntax_errors.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "frontend/clause_errors.h"
#include "frontend/field_errors.h"
#include "frontend/foreign_phrases.h"
#include "frontend/foreign_types.h"
#include "frontend/token_walk.h"
#include "support/utf8.h"

namespace featc {
namespace {

using grammar::FeatParser;

class Explainer {
 public:
  Explainer(const TokenFile& file, const StatementTokens& statement, const SyntaxFailure& failure,
            Diagnostics& diagnostics)
      : file_(file), statement_(statement), failure_(failure), diagnostics_(diagnostics) {}

  // Whether it was written as another language has it, which is reported then.
  bool reportForeign() const {
    uint32_t at = failure_.token;
    switch (failure_.rule) {
      case FeatParser::RuleSchemaStatement:
      case FeatParser::RuleSourceEntry:
      case FeatParser::RuleField:
      case FeatParser::RuleType:
      case FeatParser::RuleStructType:
      case FeatParser::RuleParameters:
      case FeatParser::RuleParameter: return reportField(file_, statement_, at, diagnostics_);
      case FeatParser::RuleSourceStatement:
        return reportDeclaredName(file_, statement_, at, diagnostics_) ||
               reportField(file_, statement_, at, diagnostics_);
      case FeatParser::RuleExternStatement:
      case FeatParser::RuleGroupStatement:
      case FeatParser::RuleEncoding: return false;
      case FeatParser::RuleModelStatement:
      case FeatParser::RuleHashFamilyStatement:
      case FeatParser::RuleSemanticsStatement:
      case FeatParser::RuleImportStatement: return reportDeclaredName(file_, statement_, at, diagnostics_);
      default: break;
    }
    if (reportDeclaredName(file_, statement_, at, diagnostics_)) return true;
    if (reportClauses(file_, statement_, at, diagnostics_)) return true;
    auto phrase = foreignPhrase(file_, statement_, at);
    if (phrase) phrase->report(DiagnosticKind::Syntax, diagnostics_);
    return phrase.has_value();
  }

  Diagnostic& run() {
    switch (failure_.rule) {
      case FeatParser::RuleModelStatement:
      case FeatParser::RuleHashFamilyStatement: return expected("a name");
      case FeatParser::RuleImportStatement: return inImport();
      case FeatParser::RuleSemanticsStatement: return expected("a version number");
      case FeatParser::RuleSchemaStatement:
        return expects(FeatParser::RIGHT_BRACE) ? inFields("a field such as \"price : float64?\"") : beforeBrace();
      case FeatParser::RuleSourceStatement: return inSource();
      case FeatParser::RuleSourceEntry: return inSourceEntry();
      case FeatParser::RuleEncoding: return expected("\"hash\" or \"json\"");
      case FeatParser::RuleField: return expects(FeatParser::COLON) ? expected("\":\" and a type") : expected("a name");
      case FeatParser::RuleType: return keyword() == "source" && !atEnd() ? inSourceEntry() : inType();
      case FeatParser::RuleStructType: return expected("a member such as \"ts: int64\", or \"}\"");
      case FeatParser::RuleParameters:
      case FeatParser::RuleParameter: return inParameters();
      case FeatParser::RuleLetStatement:
      case FeatParser::RuleFnStatement:
      case FeatParser::RuleOutputStatement: return inDeclaration();
      case FeatParser::RuleExternStatement:
        return expected("the rest of a line like: extern fn similar(a: string) -> float64 from \"libmine.so\"");
      case FeatParser::RuleGroupStatement: return inGroup();
      case FeatParser::RuleClause: return expected("a number");
      case FeatParser::RuleStatement: return afterStatement();
      default: return inExpression();
    }
  }

 private:
  bool expects(size_t type) const { return failure_.expected.contains(type); }
  bool assignComesLater() const {
    for (size_t i = failure_.token; i < statement_.end; ++i)
      if (file_.tokens[i].kind == TokenKind::Assign) return true;
    return false;
  }
  bool atEnd() const { return failure_.token == statement_.end; }
  const Token& found() const { return file_.tokens[failure_.token]; }
  const Token& before() const { return file_.tokens[failure_.token - 1]; }
  std::string_view keyword() const { return file_.text(file_.tokens[statement_.begin]); }

  std::string quoted(const Token& token) const {
    std::string_view text = file_.text(token);
    constexpr size_t kLongest = 40;
    if (text.size() > kLongest) return fmt::format("\"{}...\"", utf8Prefix(text, kLongest));
    return token.kind == TokenKind::String ? std::string(text) : fmt::format("\"{}\"", text);
  }

  // At the end of a statement there is nothing to point at but what stands before it.
  Span place() const {
    if (!atEnd()) return file_.span(found());
    return {file_.id, before().end, before().end};
  }

  Diagnostic& report(std::string message) {
    return diagnostics_.report(DiagnosticKind::Syntax, place(), std::move(message));
  }

  Diagnostic& expected(std::string_view what) {
    std::string message = fmt::format("expected {} after {}", what, quoted(before()));
    if (!atEnd()) message += fmt::format(", found {}", quoted(found()));
    Diagnostic& diagnostic = report(std::move(message));
    if (!atEnd() && what == "a name" && (found().kind == TokenKind::True || found().kind == TokenKind::False)) {
      diagnostic.note("\"true\" and \"false\" are the only words that cannot be names");
    }
    return diagnostic;
  }

  // Where the statement makes sense with it.
  void fix(Diagnostic& diagnostic, Span span, const std::string& instead) const {
    if (makesSense(file_, statement_, span, instead)) diagnostic.replace(span, instead);
  }

  Diagnostic& inImport() {
    Diagnostic& diagnostic = expected("a file name in double quotes");
    // `import shops.feat`
    if (atEnd() || !isNameToken(found().kind)) return diagnostic;
    Span name = place().to(file_.span(file_.tokens[statement_.end - 1]));
    std::string_view text = file_.text().substr(name.begin, name.end - name.begin);
    if (text.find_first_of(" \t\"\\") == std::string_view::npos && text.find('.') != std::string_view::npos)
      fix(diagnostic, name, fmt::format("\"{}\"", text));
    return diagnostic;
  }

  // `request: {`
  Diagnostic& beforeBrace() {
    Diagnostic& diagnostic = expected("\"{\"");
    bool isSign = !atEnd() && (found().kind == TokenKind::Colon || found().kind == TokenKind::Assign);
    if (isSign) fix(diagnostic, {file_.id, before().end, found().end}, "");
    return diagnostic;
  }

  // All commas between the fields of a block are one mistake.
  Diagnostic& reportComma() {
    Diagnostic& diagnostic = report("fields are written one after another, without \",\"");
    std::string text;
    uint32_t last = failure_.token;
    uint32_t depth = 0;
    std::vector<uint32_t> commas;
    for (uint32_t i = failure_.token; i < statement_.end; ++i) {
      TokenKind kind = file_.tokens[i].kind;
      if (kind == TokenKind::LeftBrace || kind == TokenKind::Less) ++depth;
      bool closes = kind == TokenKind::RightBrace || kind == TokenKind::Greater;
      if (closes && depth-- == 0) break;
      if (kind == TokenKind::Comma && depth == 0) commas.push_back(last = i);
    }
    uint32_t from = found().begin;
    for (uint32_t comma : commas) {
      text += file_.text().substr(from, file_.tokens[comma].begin - from);
      from = file_.tokens[comma].end;
    }
    diagnostic.replace(place().to(file_.span(file_.tokens[last])), std::move(text));
    return diagnostic;
  }

  Diagnostic& inSourceEntry() {
    // `key: "user:{user_id}"`
    bool isKey = !atEnd() && failure_.token > statement_.begin + 2 && found().kind == TokenKind::String &&
                 file_.text(file_.tokens[failure_.token - 2]) == "key";
    bool isAssigned = !atEnd() && found().kind == TokenKind::Assign && file_.text(before()) == "key";
    if (!isKey && !isAssigned)
      return expects(FeatParser::NAME) ? inType() : expected("\":\" and a type, or a pattern in double quotes");
    const Token& sign = isKey ? before() : found();
    const Token& key = file_.tokens[(isKey ? failure_.token - 1 : failure_.token) - 1];
    Diagnostic& diagnostic = diagnostics_.report(DiagnosticKind::Syntax, file_.span(sign),
                                                 "the pattern follows \"key\" without a separator");
    fix(diagnostic, {file_.id, key.end, sign.end}, "");
    return diagnostic;
  }

  Diagnostic& inFields(std::string_view what) {
    if (!atEnd() && found().kind == TokenKind::Comma) return reportComma();
    if (!atEnd() && found().kind == TokenKind::Default) {
      return report("one \"?\" says that a value may be missing").replace(place(), "?");
    }
    return expected(what);
  }

  Diagnostic& inSource() {
    if (expects(FeatParser::RIGHT_BRACE)) return inFields("a field such as \"age : int64?\" or a line key \"pattern\"");
    if (expects(FeatParser::LEFT_BRACE)) return expected("\"{\" before the fields");
    return expected("a name");
  }

  Diagnostic& inType() {
    if (expects(FeatParser::NAME)) return expected("a type");
    return expected("\",\" or \">\"");
  }

  Diagnostic& inGroup() { return groupMistake().note("write: sequence group recent over clicks length 50 {"); }

  Diagnostic& groupMistake() {
    // `sequence group recent clicks length 50 {` reads a list named length where it stops making sense.
    const Token& over = file_.tokens[statement_.begin + 3];
    if (file_.text(over) != "over") {
      return diagnostics_.report(
          DiagnosticKind::Syntax, file_.span(over),
          fmt::format("expected \"over\" and a list after the group's name, found {}", quoted(over)));
    }
    bool listMissing =
        file_.text(before()) == "length" && failure_.token > statement_.begin + 4 &&
        (failure_.token == statement_.begin + 5 || file_.tokens[failure_.token - 2].kind == TokenKind::Comma);
    if (listMissing)
      return diagnostics_.report(DiagnosticKind::Syntax, file_.span(before()), "expected a list before \"length\"");
    if (!atEnd() && found().kind == TokenKind::Assign) return afterOperand("\"{\"");  // where it.n = 3
    // `where last 3` reads a value named last.
    const Token& word = file_.tokens[failure_.token - 2];
    if (file_.text(word) == "where" && isNameToken(before().kind))
      return diagnostics_.report(DiagnosticKind::Syntax, file_.span(word), "expected a condition after \"where\"");
    return expected("a clause such as \"length 50\", or \"{\"");
  }

  Diagnostic& inParameters() {
    if (expects(FeatParser::LEFT_PAREN)) {
      return expected(keyword() == "source" ? "key fields such as \"(user_id: int64)\""
                                            : "parameters such as \"(a: float64)\"");
    }
    if (!atEnd() && isNameToken(found().kind) && before().kind != TokenKind::LeftParen) return expected("\",\"");
    return expected("a name, \",\" or \")\"");
  }

  Diagnostic& inDeclaration() {
    bool named = expects(FeatParser::ASSIGN);
    if (!named) return expected("a name");
    if (!atEnd() && keyword() == "let" && found().kind == TokenKind::LeftParen) {
      Diagnostic& diagnostic =
          report("a \"let\" has no parameters; an expression with parameters is declared by \"fn\"");
      const Token& first = file_.tokens[failure_.token + 1];
      bool isTyped = first.kind == TokenKind::RightParen || file_.tokens[failure_.token + 2].kind == TokenKind::Colon;
      if (isTyped) fix(diagnostic, file_.span(file_.tokens[statement_.begin]), "fn");
      return diagnostic;
    }
    if (!atEnd() && found().kind == TokenKind::Colon && assignComesLater()) {
      Diagnostic& diagnostic = report(
          fmt::format("a \"{0}\" does not declare a type, it has that of its expression: {0} NAME = ...", keyword()));
      uint32_t assign = failure_.token;
      while (file_.tokens[assign].kind != TokenKind::Assign) ++assign;
      if (typeMeant(file_, failure_.token + 1, assign))
        fix(diagnostic, place().to(file_.span(file_.tokens[assign])), before().end == found().begin ? " =" : "=");
      return diagnostic;
    }
    if (!atEnd() && (found().kind == TokenKind::Colon || found().kind == TokenKind::Equal)) {
      Diagnostic& diagnostic = report(fmt::format("expected \"=\" before the expression, found {}", quoted(found())));
      fix(diagnostic, place(), before().end == found().begin ? " =" : "=");
      return diagnostic;
    }
    bool afterWord = failure_.token > statement_.begin + 2 && isNameToken(before().kind);
    return expected(afterWord && keyword() != "fn" ? "a number, or \"=\" and an expression,"
                                                   : "\"=\" and an expression");
  }

  Diagnostic& afterStatement() {
    // A complete expression, then something else.
    bool hasExpression = keyword() == "let" || keyword() == "fn" || isOutputKeyword(keyword());
    if (statementKeyword(file_.text(found())) && failure_.token + 1 < statement_.end &&
        (isNameToken(file_.tokens[failure_.token + 1].kind) ||
         file_.tokens[failure_.token + 1].kind == TokenKind::LeftBrace)) {
      return report(fmt::format("{} starts a statement; each is written on a line of its own", quoted(found())));
    }
    if (hasExpression) return afterOperand("the end of the line");
    return report(fmt::format("expected the end of the line after {}, found {}", quoted(before()), quoted(found())));
  }

  // An operand is complete and what follows continues nothing.
  Diagnostic& afterOperand(std::string_view closing) {
    if (atEnd()) return expected(closing);
    if (found().kind == TokenKind::Assign) {
      Diagnostic& diagnostic = report("to compare two values, write \"==\"");
      fix(diagnostic, place(), "==");
      return diagnostic;
    }
    bool afterField = failure_.token >= statement_.begin + 2 && isNameToken(before().kind) &&
                      file_.tokens[failure_.token - 2].kind == TokenKind::Dot;
    if (found().kind == TokenKind::LeftParen && afterField) {
      return report(
          fmt::format("a field cannot be called; write \"{}(...)\" with the value inside", file_.text(before())));
    }
    return expected(fmt::format("an operator or {}", closing));
  }

  Diagnostic& inExpression() {
    bool operandMissing = expects(FeatParser::INTEGER) && expects(FeatParser::NAME);
    if (operandMissing) return missingOperand();
    if (expects(FeatParser::NAME)) return expected("a field's name");
    switch (failure_.rule) {
      case FeatParser::RuleExpression: return afterOperand("\":\" and the other value");
      case FeatParser::RuleEntry: return afterOperand("\":\" and the key's value");
      case FeatParser::RuleList: return afterOperand("\",\" or \"]\"");
      case FeatParser::RuleMap: return afterOperand("\",\" or \"}\"");
      case FeatParser::RuleIndex: return afterOperand("\"]\"");
      case FeatParser::RuleArguments: return afterOperand("\",\" or \")\"");
      default: return afterOperand("\")\"");
    }
  }

  Diagnostic& missingOperand() {
    if (!atEnd() && isOperatorToken(found().kind) && isOperatorToken(before().kind) && before().end == found().begin) {
      std::string both = fmt::format("{}{}", file_.text(before()), file_.text(found()));
      Diagnostic& diagnostic = diagnostics_.report(DiagnosticKind::Syntax, file_.span(before()).to(file_.span(found())),
                                                   fmt::format("\"{}\" is not an operator", both));
      return diagnostic;
    }
    // `cost * 10%`
    if (before().kind == TokenKind::Percent && failure_.token >= statement_.begin + 3) {
      const Token& number = file_.tokens[failure_.token - 2];
      if (number.kind == TokenKind::Integer && number.end - number.begin < 9) {
        double fraction = std::stod(std::string(file_.text(number))) / 100;
        std::string text = fmt::format("{}", fraction);
        if (text.find('.') == std::string::npos) text += ".0";
        Diagnostic& diagnostic = diagnostics_.report(
            DiagnosticKind::Syntax, file_.span(before()),
            fmt::format("\"%\" is the remainder here; {}% is written {}", file_.text(number), text));
        fix(diagnostic, file_.span(number).to(file_.span(before())), text);
        return diagnostic;
      }
    }
    // `1 < x && < 9`
    bool joins = before().kind == TokenKind::And || before().kind == TokenKind::Or;
    if (!atEnd() && joins && found().kind >= TokenKind::Less && found().kind <= TokenKind::NotEqual) {
      Diagnostic& diagnostic =
          report(fmt::format("the compared value must be written on both sides of {}", quoted(before())));
      TokenWalk walk(file_, statement_.begin + 1, statement_.end);
      auto begin = walk.backward(failure_.token - 1, Reach::Comparison);
      auto end = begin ? walk.forward(*begin, Reach::Sum) : std::nullopt;
      if (!end || *end >= failure_.token) return diagnostic;
      Span value = file_.span(file_.tokens[*begin]).to(file_.span(file_.tokens[*end - 1]));
      fix(diagnostic, {file_.id, found().begin, found().begin},
          fmt::format("{} ", file_.text().substr(value.begin, value.end - value.begin)));
      return diagnostic;
    }
    return expected("an expression");
  }

  const TokenFile& file_;
  const StatementTokens& statement_;
  const SyntaxFailure& failure_;
  Diagnostics& diagnostics_;
};

}  // namespace

void reportSyntaxError(const TokenFile& file, const StatementTokens& statement, const SyntaxFailure& failure,
                       StatementSplitter& statements, Diagnostics& diagnostics) {
  Explainer explainer(file, statement, failure, diagnostics);
  if (explainer.reportForeign()) return;
  Diagnostic& diagnostic = explainer.run();
  if (failure.token != statement.end) return;
  // A statement that is too short, with a line below that starts none, is one mistake.
  if (const Token* stray = statements.strayLine()) {
    diagnostic.note(file.span(*stray),
                    "an expression continues here only inside brackets or after a line that ends in an operator, "
                    "\",\" or \"=\"");
    statements.skipStrayLines();
  }
}

}  // namespace featc
