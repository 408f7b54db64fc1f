// SPDX-License-Identifier: Apache-2.0
// Names and clauses of outputs in a form or place of other languages: `slot=1`, `= x missing 0`, `(slot: 1, shared)`.
#include "frontend/clause_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "frontend/bad_tokens.h"
#include "frontend/foreign_phrases.h"

namespace featc {

namespace {

constexpr std::string_view kClauseWords[] = {"slot", "shared", "missing", "width", "default", "length"};

// What a clause of one kind of output is called in another; empty where it has none like it.
std::string_view clauseMeant(std::string_view keyword, std::string_view clause) {
  struct Clause {
    std::string_view keyword;
    std::string_view word;
    std::string_view here;
  };
  constexpr Clause kClauses[] = {
      {"sparse", "slot", "slot"},       {"sparse", "shared", "shared"},   {"sparse", "missing", "missing"},
      {"sparse", "default", "missing"}, {"dense", "width", "width"},      {"dense", "default", "default"},
      {"dense", "missing", "default"},  {"dense", "length", "width"},     {"sequence", "slot", "slot"},
      {"sequence", "shared", "shared"}, {"sequence", "length", "length"}, {"sequence", "width", "length"},
  };
  for (const Clause& c : kClauses)
    if (c.keyword == keyword && c.word == clause) return c.here;
  return {};
}

class ClauseReader {
 public:
  ClauseReader(const TokenFile& file, const StatementTokens& statement) : file_(file), statement_(statement) {}

  bool report(uint32_t at, Diagnostics& diagnostics) const {
    std::string_view keyword = word(statement_.begin);
    if (!isOutputKeyword(keyword) || statement_.part != StatementPart::Whole || statement_.end < statement_.begin + 3)
      return false;
    return reportHead(at, diagnostics) || reportTail(at, diagnostics);
  }

 private:
  const Token& token(uint32_t i) const { return file_.tokens[i]; }
  TokenKind kind(uint32_t i) const { return i < statement_.end ? token(i).kind : TokenKind::End; }
  std::string_view word(uint32_t i) const { return i < statement_.end ? file_.text(token(i)) : std::string_view(); }
  bool isClause(uint32_t i) const {
    return kind(i) == TokenKind::Name && std::ranges::find(kClauseWords, word(i)) != std::end(kClauseWords);
  }
  static bool isNumber(TokenKind k) { return k == TokenKind::Integer || k == TokenKind::Float; }
  bool isSign(uint32_t i) const {
    return kind(i) == TokenKind::Assign || kind(i) == TokenKind::Colon || kind(i) == TokenKind::Equal;
  }

  struct Clauses {
    std::string text;     // as they are written here
    bool isKnown = true;  // all are clauses of this kind of output
    std::vector<uint32_t> words;
    uint32_t end = 0;
    std::optional<uint32_t> strange{};  // the first sign that does not belong there
  };

  // Clauses from token `i` on, with what other languages put between them.
  Clauses read(uint32_t i) const {
    Clauses all;
    auto strange = [&](uint32_t at) {
      if (!all.strange) all.strange = at;
    };
    for (;;) {
      uint32_t from = i;
      while (kind(i) == TokenKind::Comma || kind(i) == TokenKind::LeftParen || kind(i) == TokenKind::RightParen)
        strange(i++);
      if (!isClause(i)) {
        bool closes = i > from && kind(i - 1) == TokenKind::RightParen;
        all.end = closes || i == from ? i : from;
        return all;
      }
      all.words.push_back(i);
      std::string_view here = clauseMeant(word(statement_.begin), word(i));
      all.isKnown = all.isKnown && !here.empty();
      all.text += fmt::format("{}{}", all.text.empty() ? "" : " ", here);
      uint32_t value = i + 1;
      bool hasSign = isSign(value) || kind(value) == TokenKind::LeftParen;
      if (hasSign) ++value;
      if (word(i) == "shared" && hasSign && kind(value) == TokenKind::True) {  // shared=true
        strange(i + 1);
        i = all.end = value + 1;
        continue;
      }
      uint32_t number = kind(value) == TokenKind::Minus ? value + 1 : value;
      // `slot = 1`: the sign of the clause where another one follows, else that of the output.
      bool isValue = isNumber(kind(number)) && (!hasSign || goesOn(number + 1));
      if (!isValue) {
        i = all.end = i + 1;
        if (kind(i) != TokenKind::Comma && kind(i) != TokenKind::RightParen && !isClause(i)) return all;
        continue;
      }
      if (hasSign) strange(i + 1);
      all.text += fmt::format(" {}{}", number > value ? "-" : "", word(number));
      i = all.end = number + 1;
    }
  }

  bool goesOn(uint32_t i) const {
    return i >= statement_.end || isClause(i) || isSign(i) || kind(i) == TokenKind::Comma ||
           kind(i) == TokenKind::RightParen || kind(i) == TokenKind::LeftParen;
  }

  // `sparse a slot=1 = x`, `sparse a(slot: 1) = x`, `dense a default = 0 = x`.
  bool reportHead(uint32_t at, Diagnostics& diagnostics) const {
    Clauses head = read(statement_.begin + 2);
    bool isHead =
        head.strange && !head.words.empty() && kind(head.end) == TokenKind::Assign && head.end > *head.strange;
    if (!isHead || at < *head.strange) return false;
    Span all{file_.id, token(statement_.begin + 2).begin, token(head.end - 1).end};
    std::string text = head.text;
    if (token(statement_.begin + 2).begin == token(statement_.begin + 1).end) text = " " + text;
    Diagnostic& d = diagnostics.report(
        DiagnosticKind::Syntax, file_.span(token(*head.strange)),
        fmt::format("clauses are words and numbers side by side, without \"{}\": {}", word(*head.strange), head.text));
    if (head.isKnown && makesSense(file_, statement_, all, text)) d.replace(all, text);
    return true;
  }

  // `sparse a slot 1 = x missing 0`.
  bool reportTail(uint32_t at, Diagnostics& diagnostics) const {
    uint32_t assign = statement_.begin + 2;
    while (assign < statement_.end && kind(assign) != TokenKind::Assign) ++assign;
    if (assign + 1 >= statement_.end || at <= assign + 1) return false;
    Clauses tail = read(at);
    if (tail.words.empty() || tail.words.front() > at + 1) return false;
    std::string_view first = word(tail.words.front());
    Diagnostic& d = diagnostics.report(DiagnosticKind::Syntax, file_.span(token(tail.words.front())),
                                       fmt::format("\"{}\" is written before the \"=\"", first));
    bool isRepeated = false;
    for (uint32_t i : tail.words)
      for (uint32_t k = statement_.begin + 2; k < assign; ++k) isRepeated = isRepeated || word(i) == word(k);
    if (tail.end != statement_.end || isRepeated || !tail.isKnown) return true;
    Span expression = file_.span(token(assign + 1)).to(file_.span(token(at - 1)));
    Span all = file_.span(token(assign)).to(file_.span(token(statement_.end - 1)));
    std::string text =
        fmt::format("{} = {}", tail.text, file_.text().substr(expression.begin, expression.end - expression.begin));
    if (makesSense(file_, statement_, all, text)) d.replace(all, text);
    return true;
  }

  const TokenFile& file_;
  const StatementTokens& statement_;
};

// `model click-through`, `dense user.age = ...`: the whole of it, where its parts stand side by side.
std::optional<std::string> joinedName(const TokenFile& file, const StatementTokens& statement, uint32_t at,
                                      uint32_t& end) {
  auto touches = [&](uint32_t i) { return i < statement.end && file.tokens[i].begin == file.tokens[i - 1].end; };
  std::string name(nameOf(file.text(), file.tokens[at]));
  end = at + 1;
  while (end + 1 < statement.end && touches(end) && touches(end + 1)) {
    TokenKind sign = file.tokens[end].kind;
    const Token& part = file.tokens[end + 1];
    bool joins = sign == TokenKind::Minus || sign == TokenKind::Dot || sign == TokenKind::Slash;
    if (!joins || (!isNameToken(part.kind) && part.kind != TokenKind::Integer)) break;
    name += fmt::format("{}{}", file.text(file.tokens[end]), nameOf(file.text(), part));
    end += 2;
  }
  return end > at + 1 ? std::optional(name) : std::nullopt;
}

}  // namespace

bool reportClauses(const TokenFile& file, const StatementTokens& statement, uint32_t at, Diagnostics& diagnostics) {
  return ClauseReader(file, statement).report(at, diagnostics);
}

bool reportDeclaredName(const TokenFile& file, const StatementTokens& statement, uint32_t at,
                        Diagnostics& diagnostics) {
  uint32_t place = statement.begin + 1;
  std::string_view keyword = file.text(file.tokens[statement.begin]);
  bool isSetting = keyword == "model" || keyword == "semantics" || keyword == "hash_family" || keyword == "import";
  bool named = isBeforeName(keyword);
  if (place >= statement.end || (!named && !isSetting)) return false;
  const Token& name = file.tokens[place];
  bool hasSign = name.kind == TokenKind::Assign || name.kind == TokenKind::Colon;
  if (isSetting && hasSign && at == place && place + 1 < statement.end) {  // model: shops
    uint32_t next = file.tokens[place + 1].begin;
    Span sign{file.id, file.tokens[statement.begin].end, next};
    Diagnostic& d =
        diagnostics.report(DiagnosticKind::Syntax, file.span(name),
                           fmt::format("the value of \"{}\" follows it without \"{}\"", keyword, file.text(name)));
    if (makesSense(file, statement, sign, " ")) d.replace(sign, " ");
    return true;
  }
  if (!named) return false;
  bool isQuoted = name.kind == TokenKind::String || name.kind == TokenKind::ForeignString;
  if (isQuoted && at == place) {  // dense "price" = ...
    std::string text = name.kind == TokenKind::String ? std::string(file.text(name)) : plainString(file.text(name));
    Diagnostic& d = diagnostics.report(DiagnosticKind::Syntax, file.span(name), "a name is written without quotes");
    bool fits = text.size() > 2 && text.find_first_of("\\`") == std::string::npos;
    if (fits) d.replace(file.span(name), writtenName(std::string_view(text).substr(1, text.size() - 2)));
    return true;
  }
  uint32_t end = 0;
  if (isNameToken(name.kind) && at == place + 1) {
    if (auto whole = joinedName(file, statement, place, end)) {
      diagnostics
          .report(DiagnosticKind::Syntax, file.span(name).to(file.span(file.tokens[end - 1])),
                  fmt::format("a name with \"{}\" in it is written in backquotes: `{}`",
                              file.text(file.tokens[place + 1]), *whole))
          .replace(file.span(name).to(file.span(file.tokens[end - 1])), fmt::format("`{}`", *whole));
      return true;
    }
  }
  bool isOutput = isOutputKeyword(keyword);
  bool isClause = isOutput && isNameToken(name.kind) && at == place + 1 && file.tokens[at].kind == TokenKind::Integer &&
                  file.text(name) != "group";
  if (!isClause && !(name.kind == TokenKind::Assign && at == place)) return false;
  Diagnostic& d = diagnostics.report(DiagnosticKind::Syntax, file.span(name),
                                     fmt::format("the name of this \"{}\" is missing", keyword));
  if (isClause) d.note(fmt::format("\"{}\" is a clause here", file.text(name)));
  // An output of a field alone is called like it.
  const Token& last = file.tokens[statement.end - 1];
  bool isAlone = isOutput && isNameToken(last.kind) && file.tokens[statement.end - 2].kind == TokenKind::Assign;
  if (isAlone) d.replace({file.id, name.begin, name.begin}, fmt::format("{} ", file.text(last)));
  return true;
}

}  // namespace featc
