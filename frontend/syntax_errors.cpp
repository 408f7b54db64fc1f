// SPDX-License-Identifier: Apache-2.0
// Says in plain words why a statement could not be parsed.
#include "frontend/syntax_errors.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "frontend/foreign_words.h"
#include "support/utf8.h"

namespace featc {
namespace {

using grammar::FeatParser;

// Words of other languages where this one has a sign.
struct ForeignWord {
  std::string_view word;
  std::string_view sign;
};
constexpr ForeignWord kBetweenOperands[] = {{"and", "&&"}, {"or", "||"}, {"is", "=="},
                                            {"mod", "%"},  {"eq", "=="}, {"ne", "!="}};

class Explainer {
 public:
  Explainer(const TokenFile& file, const StatementTokens& statement, const SyntaxFailure& failure,
            Diagnostics& diagnostics)
      : file_(file), statement_(statement), failure_(failure), diagnostics_(diagnostics) {}

  Diagnostic& run() {
    switch (failure_.rule) {
      case FeatParser::RuleModelStatement:
      case FeatParser::RuleHashFamilyStatement: return expected("a name");
      case FeatParser::RuleImportStatement: return expected("a file name in double quotes");
      case FeatParser::RuleSemanticsStatement: return expected("a version number");
      case FeatParser::RuleSchemaStatement:
        return expects(FeatParser::RIGHT_BRACE) ? inFields("a field such as \"price : float64?\"") : expected("\"{\"");
      case FeatParser::RuleSourceStatement: return inSource();
      case FeatParser::RuleSourceEntry: return expected("\":\" and a type, or a pattern in double quotes");
      case FeatParser::RuleEncoding: return expected("\"hash\" or \"json\"");
      case FeatParser::RuleField: return expects(FeatParser::COLON) ? expected("\":\" and a type") : expected("a name");
      case FeatParser::RuleType: return inType();
      case FeatParser::RuleStructType: return expected("a member such as \"ts: int64\", or \"}\"");
      case FeatParser::RuleParameters: return inParameters();
      case FeatParser::RuleLetStatement:
      case FeatParser::RuleFnStatement:
      case FeatParser::RuleOutputStatement: return inDeclaration();
      case FeatParser::RuleExternStatement:
        return expected("what is left of a line like: extern fn similar(a: string) -> float64 from \"libmine.so\"");
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

  // The word at a token of the statement, empty past its end and where there is none.
  std::string_view wordAt(uint32_t i) const {
    return i < statement_.end && file_.tokens[i].kind == TokenKind::Name ? file_.text(file_.tokens[i])
                                                                         : std::string_view();
  }
  bool isWord(uint32_t i, std::string_view word) const { return sameWord(wordAt(i), word); }

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

  Diagnostic& inFields(std::string_view what) {
    if (!atEnd() && found().kind == TokenKind::Comma) {
      return report("fields stand side by side, without \",\"").replace(place(), "");
    }
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
    return expected("\"length\", a number and \"{\"");
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
      return report("a \"let\" has no parameters; an expression with parameters is declared by \"fn\"")
          .replace(file_.span(file_.tokens[statement_.begin]), "fn");
    }
    if (!atEnd() && keyword() == "let" && found().kind == TokenKind::Colon && assignComesLater()) {
      return report("a \"let\" declares no type, it has that of its expression: let NAME = ...");
    }
    if (!atEnd() && (found().kind == TokenKind::Colon || found().kind == TokenKind::Equal)) {
      return report(fmt::format("expected \"=\" before the expression, found {}", quoted(found())))
          .replace(place(), "=");
    }
    bool afterWord = failure_.token > statement_.begin + 2 && isNameToken(before().kind);
    return expected(afterWord && keyword() != "fn" ? "a number, or \"=\" and an expression,"
                                                   : "\"=\" and an expression");
  }

  Diagnostic& afterStatement() {
    // A complete expression, then something else.
    bool hasExpression = keyword() == "let" || keyword() == "fn" || keyword() == "sparse" || keyword() == "dense" ||
                         keyword() == "sequence";
    if (statementKeyword(file_.text(found())) && failure_.token + 1 < statement_.end &&
        (isNameToken(file_.tokens[failure_.token + 1].kind) ||
         file_.tokens[failure_.token + 1].kind == TokenKind::LeftBrace)) {
      return report(fmt::format("{} starts a statement; each stands on a line of its own", quoted(found())));
    }
    if (hasExpression) return afterOperand("the end of the line");
    return report(fmt::format("expected the end of the line after {}, found {}", quoted(before()), quoted(found())));
  }

  // An operand is complete and what follows continues nothing.
  Diagnostic& afterOperand(std::string_view closing) {
    if (atEnd()) return expected(closing);
    if (found().kind == TokenKind::Assign) {
      if (const Token& next = file_.tokens[failure_.token + 1];
          next.kind == TokenKind::Greater && next.begin == found().end) {
        return report("\"=>\" is no operator; write \">=\"").replace(place().to(file_.span(next)), ">=");
      }
      return report("to compare two values, write \"==\"").replace(place(), "==");
    }
    bool afterField = failure_.token >= statement_.begin + 2 && isNameToken(before().kind) &&
                      file_.tokens[failure_.token - 2].kind == TokenKind::Dot;
    if (found().kind == TokenKind::LeftParen && afterField) {
      return report(
          fmt::format("a field cannot be called; write \"{}(...)\" with the value inside", file_.text(before())));
    }
    std::string_view word = file_.text(found());
    bool negated = isWord(failure_.token + 1, "not");
    if (isWord(failure_.token, "is") && meansMissing(wordAt(failure_.token + (negated ? 2 : 1))))
      return report(
          "a missing value equals nothing; ask for it with is_missing(x), and for another one with "
          "!is_missing(x)");
    if (isWord(failure_.token, "is") && negated) {
      return report("write \"!=\" instead of \"is not\"")
          .replace(place().to(file_.span(file_.tokens[failure_.token + 1])), "!=");
    }
    if (isWord(failure_.token, "not") && isWord(failure_.token + 1, "in"))
      return report("\"not in\" is no operator; whether a list lacks a value is written !contains(list, value)");
    if (std::string_view instead = insteadOfSign(word); !instead.empty())
      return report(fmt::format("\"{}\" is no operator; {}", word, instead));
    for (const ForeignWord& foreign : kBetweenOperands) {
      if (sameWord(word, foreign.word)) {
        return report(fmt::format("write \"{}\" instead of \"{}\"", foreign.sign, word))
            .replace(place(), std::string(foreign.sign));
      }
    }
    if (isWord(failure_.token - 1, "not")) {
      return diagnostics_
          .report(DiagnosticKind::Syntax, file_.span(before()),
                  fmt::format("write \"!\" instead of \"{}\"", file_.text(before())))
          .replace({file_.id, before().begin, found().begin}, "!");
    }
    if (isWord(failure_.token - 1, "if")) {
      return diagnostics_.report(DiagnosticKind::Syntax, file_.span(before()),
                                 "a choice is written \"condition ? value : other value\"");
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
                                                   fmt::format("\"{}\" is no operator", both));
      if (both == "<>") diagnostic.replace(diagnostic.span, "!=");
      if (both == "**") diagnostic.note("a power is written \"pow(base, exponent)\"");
      if (both == "//") diagnostic.note("a comment starts with \"#\"; to cut a quotient, write \"trunc(a / b)\"");
      return diagnostic;
    }
    if (!atEnd() && before().kind == TokenKind::Assign && found().kind == TokenKind::Assign) {
      return expected("an expression");
    }
    if (!atEnd() && before().kind == TokenKind::Question && found().kind == TokenKind::Colon) {
      return expected("a value").note("another value where x is missing is written x ?? other");
    }
    if (!atEnd() && before().kind == TokenKind::Equal && found().kind == TokenKind::Assign) {
      return report("\"===\" is no operator; write \"==\"").replace(place(), "");
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
                       Layout& layout, Diagnostics& diagnostics) {
  Diagnostic& diagnostic = Explainer(file, statement, failure, diagnostics).run();
  if (failure.token != statement.end) return;
  // A statement that is too short, with a line below that starts none, is one mistake.
  if (const Token* stray = layout.strayLine()) {
    diagnostic.note(file.span(*stray),
                    "an expression goes on here only inside brackets or after a line that ends in an operator, "
                    "\",\" or \"=\"");
    layout.skipStrayLines();
  }
}

}  // namespace featc
