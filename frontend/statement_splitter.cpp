// SPDX-License-Identifier: Apache-2.0
// Cuts tokens into statements by lines and brackets, and counts nesting before anything recurses.
#include "frontend/statement_splitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "frontend/bad_tokens.h"
#include "frontend/foreign_phrases.h"
#include "frontend/foreign_words.h"
#include "frontend/look_alikes.h"
#include "support/suggest.h"

namespace featc {
namespace {

// In the order of the grammar's tokens.
constexpr std::array<std::string_view, 13> kKeywords = {"model",  "import", "semantics", "hash_family", "request",
                                                        "item",   "source", "let",       "fn",          "extern",
                                                        "sparse", "dense",  "sequence"};

// A line that ends in one of these goes on.
bool continuesLine(TokenKind kind) {
  return isOperatorToken(kind) || kind == TokenKind::Comma || kind == TokenKind::Assign ||
         kind == TokenKind::Question || kind == TokenKind::Colon;
}

constexpr std::string_view kGroupWord = "group";
constexpr std::string_view kOverWord = "over";
constexpr std::string_view kWhereWord = "where";

bool isPair(TokenKind open, TokenKind close) { return static_cast<int>(close) == static_cast<int>(open) + 1; }

}  // namespace

std::span<const std::string_view> statementKeywords() { return kKeywords; }

bool isOutputKeyword(std::string_view word) { return word == "sparse" || word == "dense" || word == "sequence"; }

bool isBeforeName(std::string_view word) {
  return word == "model" || word == "let" || word == "fn" || word == "source" || isOutputKeyword(word);
}

std::optional<size_t> statementKeyword(std::string_view word) {
  const auto* found = std::find(kKeywords.begin(), kKeywords.end(), word);
  if (found == kKeywords.end()) return std::nullopt;
  return static_cast<size_t>(found - kKeywords.begin());
}

bool StatementSplitter::isKeyword(uint32_t i) const {
  return token(i).kind == TokenKind::Name && statementKeyword(file_.text(token(i))).has_value();
}

// Keyword and name side by side stand in no expression and no schema, so this starts a statement
// whatever bracket is open.
bool StatementSplitter::surelyStarts(uint32_t i) const {
  if (!isKeyword(i)) return false;
  TokenKind next = token(i + 1).kind;
  std::string_view word = file_.text(token(i));
  if (word == "request" || word == "item") return next == TokenKind::LeftBrace;
  if (word == "semantics") return next == TokenKind::Integer;
  if (word == "import") return next == TokenKind::String || next == TokenKind::RawString;
  return isNameToken(next) && !token(i + 1).startsLine;
}

// At the start of a line, outside brackets, after a complete line.
bool StatementSplitter::starts(uint32_t i) const {
  if (!isKeyword(i)) return false;
  TokenKind next = token(i + 1).kind;
  if (token(i + 1).startsLine) return true;
  // `item.price`, `let + 1`: a field with a keyword's name.
  return !isOperatorToken(next) && next != TokenKind::Dot && next != TokenKind::Question && next != TokenKind::Comma &&
         !closesBracket(next);
}

// `spase age slot 1 = ...`: a word that is not a keyword, followed by what follows a keyword.
bool StatementSplitter::looksMisspelt(uint32_t i) const {
  TokenKind kind = token(i).kind;
  if ((kind != TokenKind::Name && kind != TokenKind::WideName) || token(i + 1).startsLine) return false;
  TokenKind next = token(i + 1).kind;
  return isNameToken(next) || next == TokenKind::LeftBrace || next == TokenKind::String || next == TokenKind::Assign ||
         next == TokenKind::Integer;
}

// `sequence group NAME`.
bool StatementSplitter::startsGroup(uint32_t i) const {
  return file_.text(token(i + 1)) == kGroupWord && !token(i + 1).startsLine && isNameToken(token(i + 2).kind) &&
         !token(i + 2).startsLine;
}

// `sequence NAME over`, `sequence grop NAME over` and `sequence over LIST`: a group all the same, where no "=" comes
// first.
bool StatementSplitter::misspellsGroup(uint32_t i) const {
  auto isName = [&](uint32_t k) { return isNameToken(token(k).kind) && !token(k).startsLine; };
  auto isOver = [&](uint32_t k) { return isName(k) && file_.text(token(k)) == kOverWord; };
  return !startsGroup(i) && (isOver(i + 1) || (isName(i + 1) && isName(i + 2) && (isOver(i + 2) || isOver(i + 3))));
}

// The "{" of a sequence group that starts at token `i`, kNone where none does. `sequence group slot 3 ... = x` is
// an output named group: the first "{" or "=" outside brackets decides.
uint32_t StatementSplitter::groupBrace(uint32_t i) const {
  if (file_.text(token(i)) != "sequence" || (!startsGroup(i) && !misspellsGroup(i))) return kNone;
  uint32_t depth = 0;
  bool hasWhere = false;  // whose condition may have a "=" by mistake
  for (uint32_t k = i + 2;; ++k) {
    const Token& t = token(k);
    hasWhere = hasWhere || (depth == 0 && k > i + 3 && file_.text(t) == kWhereWord);
    if (t.kind == TokenKind::End || (depth == 0 && t.startsLine && !continuesLine(token(k - 1).kind))) return kNone;
    if (depth == 0 && t.kind == TokenKind::LeftBrace) return k;
    if (depth == 0 && t.kind == TokenKind::Assign && !hasWhere) return kNone;
    if (opensBracket(t.kind)) ++depth;
    if (closesBracket(t.kind) && depth-- == 0) return kNone;
    if (t.startsLine && surelyStarts(k)) return kNone;
  }
}

uint32_t StatementSplitter::closingBrace(uint32_t brace) {
  if (closing_.empty()) {
    closing_.assign(file_.tokens.size(), kNone);
    std::vector<uint32_t> open;
    for (uint32_t i = 0; i < file_.tokens.size(); ++i) {
      if (token(i).kind == TokenKind::LeftBrace) open.push_back(i);
      if (token(i).kind != TokenKind::RightBrace || open.empty()) continue;
      closing_[open.back()] = i;
      open.pop_back();
    }
  }
  return closing_[brace];
}

StatementTokens StatementSplitter::readGroupHead(uint32_t brace) {
  StatementTokens head{at_, brace + 1, false, StatementPart::GroupHead};
  groupOpen_ = brace;
  groupClose_ = closingBrace(brace);
  levels_.assign(1, Level{});
  nesting_ = signs_ = 0;
  broken_ = inTypes_ = schema_ = false;
  if (misspellsGroup(at_)) reportMisspeltGroup();
  for (uint32_t i = at_ + 1; i < brace; ++i) {
    if (isBadToken(token(i).kind) && fail()) reportBadToken(file_, head, i, diagnostics_);
    count(i);
  }
  if (groupClose_ == kNone) {
    diagnostics_.report(DiagnosticKind::UnclosedBracket, file_.span(token(brace)),
                        "the \"{\" of this sequence group is never closed");
  }
  head.broken = broken_;
  at_ = brace + 1;
  return head;
}

void StatementSplitter::reportMisspeltGroup() {
  const Token& word = token(at_ + 1);
  std::string found(file_.text(word));
  bool nameless = found == kOverWord;                                  // `sequence over clicks`
  bool missing = nameless || file_.text(token(at_ + 2)) == kOverWord;  // `sequence recent over clicks`
  diagnostics_
      .report(DiagnosticKind::Syntax, file_.span(word),
              fmt::format("expected \"group\" after \"sequence\", found \"{}\"", found))
      .note("write: sequence group recent over clicks length 50 {")
      .replace(file_.span(word), missing ? fmt::format("{} {}", kGroupWord, found) : std::string(kGroupWord));
  if (nameless) broken_ = true;  // what follows is not a group without the word
}

// Whether the statement at token `i` may stand in a sequence group.
bool StatementSplitter::belongsInGroup(uint32_t i) const {
  std::string_view word = file_.text(token(i));
  return (word == "let" || isOutputKeyword(word)) && groupBrace(i) == kNone;
}

// A group that is never closed goes as far as its statements do.
bool StatementSplitter::endsGroup() const {
  if (groupOpen_ == kNone) return false;
  return at_ == groupClose_ || token(at_).kind == TokenKind::End ||
         (groupClose_ == kNone && starts(at_) && !belongsInGroup(at_));
}

StatementTokens StatementSplitter::endGroup() {
  bool closed = at_ == groupClose_;
  StatementTokens end{at_, closed ? at_ + 1 : at_, false, StatementPart::GroupEnd};
  groupOpen_ = groupClose_ = kNone;
  at_ = end.end;
  if (closed && token(at_).kind != TokenKind::End && !token(at_).startsLine) {
    diagnostics_.report(
        DiagnosticKind::Syntax, file_.span(token(at_)),
        fmt::format("expected the end of the line after \"}}\", found \"{}\"", file_.text(token(at_)).substr(0, 40)));
    skipStrayLines();
  }
  return end;
}

// Passes over a statement that stands in a group but does not belong there.
void StatementSplitter::reportOutsider() {
  std::string_view word = file_.text(token(at_));
  uint32_t brace = groupBrace(at_);
  std::string message = brace != kNone
                            ? std::string("a sequence group cannot be inside another one")
                            : fmt::format("\"{}\" cannot be inside a sequence group, only let, sparse and dense", word);
  diagnostics_.report(DiagnosticKind::NotInGroup, file_.span(token(at_)), std::move(message))
      .note(file_.span(token(groupOpen_)), "the group starts here");
  if (brace != kNone) {
    // Up to its end, which lies within this group's.
    at_ = std::min(closingBrace(brace) + 1, groupClose_);
  } else {
    do ++at_;
    while (at_ < groupClose_ && !(token(at_).startsLine && surelyStarts(at_)));
  }
}

std::optional<StatementTokens> StatementSplitter::next() {
  while (!diagnostics_.full()) {
    if (endsGroup()) return endGroup();
    if (token(at_).kind == TokenKind::End) return std::nullopt;
    if (!starts(at_))
      return reportStray();
    else if (groupOpen_ != kNone && !belongsInGroup(at_))
      reportOutsider();
    else
      break;
  }
  if (diagnostics_.full()) return std::nullopt;
  if (uint32_t brace = groupBrace(at_); brace != kNone) return readGroupHead(brace);

  levels_.assign(1, Level{});
  nesting_ = 0;
  signs_ = 0;
  broken_ = inDefault_ = false;
  std::string_view keyword = file_.text(token(at_));
  schema_ = keyword == "request" || keyword == "item" || keyword == "source";
  inTypes_ = schema_ || keyword == "fn" || keyword == "extern";
  bool expressionWithin = !schema_;

  StatementTokens statement{at_, at_, false};
  uint32_t bad = kNone;
  uint32_t i = at_ + 1;
  for (;; ++i) {
    const Token& t = token(i);
    if (t.kind == TokenKind::End || i == groupClose_) {
      if (levels_.size() > 1) reportUnclosed(0);
      break;
    }
    if (t.startsLine) {
      if (surelyStarts(i)) {
        if (levels_.size() > 1) reportUnclosed(i);
        break;
      }
      if (levels_.size() == 1 && !(expressionWithin && continuesLine(token(i - 1).kind))) break;
    }
    if (isBadToken(t.kind) && fail()) bad = i;
    if (i - at_ == limits_.statementTokens && fail()) {
      diagnostics_.report(DiagnosticKind::StatementTooLong, file_.span(token(at_)),
                          fmt::format("this statement has more than {} tokens", limits_.statementTokens));
    }
    count(i);
  }
  statement.end = i;
  statement.broken = broken_;
  if (bad != kNone) reportBadToken(file_, statement, bad, diagnostics_);
  at_ = i;
  return statement;
}

// True for the first mistake of a statement, the only one that is reported.
bool StatementSplitter::fail() {
  bool first = !broken_;
  broken_ = true;
  return first;
}

void StatementSplitter::count(uint32_t i) {
  TokenKind kind = token(i).kind;
  Level& level = levels_.back();
  bool unary = (kind == TokenKind::Minus || kind == TokenKind::Not) && !endsOperand(token(i - 1).kind);
  if (unary) {
    ++signs_;
    ++nesting_;
    checkNesting(i);
    return;
  }
  if (opensBracket(kind)) {
    open(i);
    return;
  }
  nesting_ -= signs_;
  signs_ = 0;
  if (closesBracket(kind)) {
    close(i);
  } else if (inTypes_) {
    if (kind == TokenKind::Less) {
      ++level.angles;
      ++nesting_;
      checkNesting(i);
    } else if (kind == TokenKind::Greater && level.angles > 0) {
      --level.angles;
      --nesting_;
    } else if (kind == TokenKind::Assign && levels_.size() <= 2) {
      // The expression of an `fn` begins, or the default of a parameter.
      inTypes_ = schema_;
      inDefault_ = !schema_ && levels_.size() == 2;
      nesting_ -= level.angles;
      level.angles = 0;
    }
  } else if (kind == TokenKind::Question || kind == TokenKind::Default) {
    ++level.chained;
    ++nesting_;
    checkNesting(i);
  } else if (kind == TokenKind::Comma) {
    nesting_ -= level.chained;
    level.chained = 0;
    if (inDefault_ && levels_.size() == 2) {
      inDefault_ = false;
      inTypes_ = true;
      return;
    }
    if (++level.elements > limits_.literalElements && !closesBracket(token(i + 1).kind) && levels_.size() > 1 &&
        fail()) {
      std::string_view what = token(level.open).kind == TokenKind::LeftParen ? "call" : "literal";
      diagnostics_
          .report(DiagnosticKind::LiteralTooLong, file_.span(token(level.open)),
                  fmt::format("this {} has more than {} elements", what, limits_.literalElements))
          .note(file_.span(token(i + 1)), "the first one too many");
    }
  }
}

void StatementSplitter::checkNesting(uint32_t i) {
  if (nesting_ <= limits_.nesting || !fail()) return;
  diagnostics_
      .report(DiagnosticKind::TooDeep, file_.span(token(i)),
              fmt::format("more than {} brackets, operators and conditions are nested in one another", limits_.nesting))
      .note("give parts of the expression names of their own with \"let\"");
}

void StatementSplitter::open(uint32_t i) {
  levels_.push_back(Level{i, signs_, 0, 0, 1});
  signs_ = 0;
  ++nesting_;
  checkNesting(i);
}

void StatementSplitter::close(uint32_t i) {
  TokenKind kind = token(i).kind;
  if (levels_.size() == 1) {
    if (fail()) {
      diagnostics_.report(DiagnosticKind::UnclosedBracket, file_.span(token(i)),
                          fmt::format("this \"{}\" does not close a bracket", file_.text(token(i))));
    }
    return;
  }
  const Token& opening = token(levels_.back().open);
  bool matches = isPair(opening.kind, kind);
  if (!matches && fail()) {
    diagnostics_
        .report(DiagnosticKind::UnclosedBracket, file_.span(token(i)),
                fmt::format("\"{}\" is closed by \"{}\"", file_.text(opening), file_.text(token(i))))
        .note(file_.span(opening), "opened here");
  }
  const Level& level = levels_.back();
  nesting_ -= 1 + level.signsBefore + level.chained + level.angles;
  levels_.pop_back();
  if (inDefault_ && levels_.size() == 1) {
    inDefault_ = false;
    inTypes_ = true;
  }
}

void StatementSplitter::reportUnclosed(uint32_t nextStatement) {
  if (!fail()) return;
  const Token& opening = token(levels_.back().open);
  Diagnostic& diagnostic = diagnostics_.report(DiagnosticKind::UnclosedBracket, file_.span(opening),
                                               fmt::format("this \"{}\" is never closed", file_.text(opening)));
  if (nextStatement != 0) diagnostic.note(file_.span(token(nextStatement)), "the next statement starts here");
}

const Token* StatementSplitter::strayLine() const {
  const Token& t = token(at_);
  if (t.kind == TokenKind::End || starts(at_) || looksMisspelt(at_)) return nullptr;
  return &t;
}

void StatementSplitter::skipStrayLines() { at_ = strayEnd(at_); }

// Where the lines that start no statement end.
uint32_t StatementSplitter::strayEnd(uint32_t i) const {
  size_t depth = 0;
  do {
    TokenKind kind = token(i).kind;
    if (opensBracket(kind)) ++depth;
    if (closesBracket(kind) && depth > 0) --depth;
    ++i;
  } while (token(i).kind != TokenKind::End && i != groupClose_ && !endsStray(i, depth > 0));
  return i;
}

// At a line that is a statement, or a mistake of its own.
bool StatementSplitter::endsStray(uint32_t i, bool insideBrackets) const {
  if (!token(i).startsLine) return false;
  if (surelyStarts(i)) return true;
  if (insideBrackets || continuesLine(token(i - 1).kind)) return false;
  TokenKind kind = token(i).kind;
  return !continuesLine(kind) && kind != TokenKind::Dot && !closesBracket(kind);
}

bool StatementSplitter::isStrangeKeyword(uint32_t i) const {
  const Token& t = token(i);
  return t.kind == TokenKind::WideName && t.startsLine && looksMisspelt(i) &&
         statementKeyword(plainLetters(file_.text(t))).has_value();
}

void StatementSplitter::reportUnknownStatement(uint32_t i, const StatementTokens& lines) {
  const Token& t = token(i);
  std::string_view word = file_.text(t);
  auto report = [&](std::string message) -> Diagnostic& {
    return diagnostics_.report(DiagnosticKind::UnknownStatement, file_.span(t), std::move(message));
  };
  if (isStrangeKeyword(i)) {
    std::string plain = plainLetters(word);
    report(fmt::format("\"{}\" does not start a statement; its letters only look like those of \"{}\"", word, plain))
        .replace(file_.span(t), plain);
    return;
  }
  if (auto phrase = foreignStatement(file_, lines)) {
    phrase->report(DiagnosticKind::UnknownStatement, diagnostics_);
    return;
  }
  if (token(i + 1).kind == TokenKind::Assign) {
    report(fmt::format("\"{}\" does not start a statement; write \"let {} = ...\"", word, word))
        .replace({file_.id, t.begin, t.begin}, "let ");
    return;
  }
  if (const ForeignWord* foreign = foreignStatementWord(word)) {
    report(fmt::format("\"{}\" does not start a statement; {}", word, foreign->say));
    return;
  }
  if (auto nearest = nearestName(word, kKeywords)) {
    report(fmt::format("\"{}\" does not start a statement; did you mean \"{}\"?", word, *nearest))
        .replace(file_.span(t), *nearest);
    return;
  }
  Diagnostic& diagnostic = report(fmt::format("\"{}\" does not start a statement", word));
  if (i > 0) {
    diagnostic.note(
        file_.span(token(i - 1)),
        fmt::format("line {} is complete; it continues only inside brackets or after an operator, \",\" or \"=\"",
                    file_.source->lineOf(token(i - 1).begin)));
  }
  diagnostic.note(fmt::format("a statement starts with one of: {}", fmt::join(kKeywords, " ")));
}

// Passes over lines that are not statements, which are given back as a broken one: they may have declared something.
StatementTokens StatementSplitter::reportStray() {
  uint32_t i = at_;
  const Token& t = token(i);
  StatementTokens lines{i, strayEnd(i), true, StatementPart::Whole};
  bool isGroup = file_.text(t) == kGroupWord && file_.text(token(i + 2)) == kOverWord;
  if (isBadToken(t.kind)) {
    reportBadToken(file_, lines, i, diagnostics_);
  } else if (auto phrase = looksMisspelt(i) ? std::nullopt : foreignStatement(file_, lines)) {
    phrase->report(DiagnosticKind::StrayLine, diagnostics_);
  } else if (looksMisspelt(i)) {
    reportUnknownStatement(i, lines);
  } else if (i == 0) {
    Diagnostic& d = diagnostics_.report(DiagnosticKind::StrayLine, file_.span(t),
                                        fmt::format("expected a statement, found \"{}\"", file_.text(t).substr(0, 40)));
    if (t.kind == TokenKind::LeftBrace)
      d.note("a config of FG, which is JSON, becomes one of featc by featc import-fg");
    d.note(fmt::format("a statement starts with one of: {}", fmt::join(kKeywords, " ")));
  } else {
    const Token& before = token(i - 1);
    uint32_t lineAbove = file_.source->lineOf(before.begin);
    diagnostics_
        .report(DiagnosticKind::StrayLine, file_.span(t),
                fmt::format("line {} does not start a statement, and line {} above it is complete",
                            file_.source->lineOf(t.begin), lineAbove))
        .note(file_.span(before),
              fmt::format(
                  "to continue line {}, end it with an operator, \",\" or \"=\", or put the expression in brackets",
                  lineAbove));
  }
  at_ = lines.end;
  // The statements of a group without its first word are the group's.
  for (uint32_t k = i; isGroup && k < lines.end; ++k)
    if (token(k).kind == TokenKind::LeftBrace && closingBrace(k) != kNone) at_ = lines.end = closingBrace(k) + 1;
  return lines;
}

}  // namespace featc
