// SPDX-License-Identifier: Apache-2.0
// What is known of the types of a phrase's parts before anything is parsed.
#include "frontend/phrase_types.h"

#include <algorithm>

#include "frontend/token_walk.h"
#include "ops/operator.h"

namespace featc {

namespace {

bool isComparison(TokenKind kind) { return kind >= TokenKind::Less && kind <= TokenKind::NotEqual; }

// The type that a field, parameter or member of that name is declared with in the file, as far as its first word goes;
// empty where nothing or several things say so.
std::string_view declaredType(const TokenFile& file, std::string_view name) {
  std::string_view type;
  for (size_t i = 0; i + 2 < file.tokens.size(); ++i) {
    bool declares = isNameToken(file.tokens[i].kind) && file.tokens[i + 1].kind == TokenKind::Colon &&
                    file.tokens[i + 2].kind == TokenKind::Name && nameOf(file.text(), file.tokens[i]) == name;
    if (!declares) continue;
    std::string_view found = file.text(file.tokens[i + 2]);
    if (!type.empty() && type != found) return {};
    type = found;
  }
  return type;
}

// Whether an operator gives single integers, whatever it is given.
bool givesIntegers(std::string_view name) {
  const Operator* op = operators().find(name);
  return op != nullptr && op->symbol.empty() && !op->overloads.empty() &&
         std::ranges::all_of(op->overloads, [](const Overload& o) { return o.result.is(Kind::Int64); });
}

}  // namespace

std::string_view word(const PhraseMatch& match, uint32_t token) {
  return match.file().text(match.file().tokens[token]);
}

std::string_view declaredType(const PhraseMatch& match, TokenRange range) {
  const TokenFile& file = match.file();
  bool isField = range.end == range.begin + 3 && file.tokens[range.begin + 1].kind == TokenKind::Dot;
  if (range.end != range.begin + 1 && !isField) return {};
  const Token& name = file.tokens[range.end - 1];
  return isNameToken(name.kind) ? declaredType(file, nameOf(file.text(), name)) : std::string_view();
}

bool isCondition(const PhraseMatch& match, TokenRange range) {
  for (uint32_t i = range.begin; i < range.end; ++i) {
    TokenKind kind = match.file().tokens[i].kind;
    if (isComparison(kind) || kind == TokenKind::Not || kind == TokenKind::True || kind == TokenKind::False)
      return true;
    if (kind == TokenKind::Name && word(match, i).starts_with("is_")) return true;
  }
  return declaredType(match, range) == "bool";
}

bool isInteger(const PhraseMatch& match, TokenRange range) {
  const TokenFile& file = match.file();
  TokenWalk walk(file, range.begin, range.end);
  for (uint32_t i = range.begin; i < range.end;) {
    TokenKind kind = file.tokens[i].kind;
    bool joins = kind == TokenKind::Plus || kind == TokenKind::Minus || kind == TokenKind::Star ||
                 kind == TokenKind::Percent || kind == TokenKind::LeftParen || kind == TokenKind::RightParen;
    if (joins || kind == TokenKind::Integer) {
      ++i;
      continue;
    }
    auto end = walk.forward(i, Reach::Operand);
    if (!end || !isNameToken(kind)) return false;
    bool isCall = i + 1 < *end && file.tokens[i + 1].kind == TokenKind::LeftParen;
    if (isCall && walk.closing(i + 1) != *end - 1) return false;
    if (isCall ? !givesIntegers(word(match, i)) : declaredType(match, {i, *end}) != "int64") return false;
    i = *end;
  }
  return range.begin < range.end;
}

}  // namespace featc
