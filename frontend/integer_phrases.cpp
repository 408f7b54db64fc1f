// SPDX-License-Identifier: Apache-2.0
// What signs of other languages for integers are here: bits, powers, whole quotients.
#include <fmt/format.h>

#include "frontend/phrase_makers.h"
#include "frontend/phrase_types.h"

namespace featc {

PhraseMade bits(const PhraseMatch& match) {
  std::string_view sign = word(match, match.anchor().begin);
  // What binds tighter than the sign, or may, where it stands beside the operands.
  std::string_view tighter = sign == "&" ? "<>" : sign == "|" ? "<>&^" : "";
  auto binds = [&](uint32_t token, std::string_view signs) {
    std::string_view text = word(match, token);
    bool isShift = (text == "<" || text == ">") && text == word(match, token + 1);
    return text.size() == 1 && signs.find(text) != std::string_view::npos && (isShift || (text != "<" && text != ">"));
  };
  TokenRange range = match.range();
  bool isFirst =
      range.begin < match.statement().begin + 2 || !(binds(range.begin - 1, "&|^") || binds(range.begin - 2, "<>"));
  bool isLast = range.end >= match.statement().end || !binds(range.end, tighter);
  if (!isFirst || !isLast || !isInteger(match, match.capture('X')) || !isInteger(match, match.capture('Y'))) return {};
  std::string_view op = sign == "&" ? "bit_and" : sign == "|" ? "bit_or" : sign == "<" ? "shift_left" : "shift_right";
  return {.to = fmt::format("{}({}, {})", op, match.text('X'), match.text('Y'))};
}

PhraseMade caret(const PhraseMatch& match) {
  // Of two numbers that are written out, or a variable and one, a power is meant; of two variables nobody knows.
  auto isLiteral = [&](TokenRange range) {
    TokenKind kind = match.file().tokens[range.end - 1].kind;
    return kind == TokenKind::Integer || kind == TokenKind::Float;
  };
  bool isUnclear = isInteger(match, match.capture('A')) && isInteger(match, match.capture('U')) &&
                   !isLiteral(match.capture('A')) && !isLiteral(match.capture('U'));
  return {.to = isUnclear ? "" : fmt::format("pow({}, {})", match.text('A'), match.text('U'))};
}

PhraseMade quotient(const PhraseMatch& match) {
  std::string a = match.text('P');
  std::string b = match.text('U');
  bool isWhole = isInteger(match, match.capture('P')) && isInteger(match, match.capture('U'));
  return {.to = isWhole ? fmt::format("div({}, {})", a, b) : fmt::format("trunc({} / {})", a, b)};
}

}  // namespace featc
