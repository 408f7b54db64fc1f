// SPDX-License-Identifier: Apache-2.0
// Finds the ends of operands and expressions in a statement that cannot be parsed.
#include "frontend/token_walk.h"

namespace featc {

namespace {

bool isSign(TokenKind kind) { return kind == TokenKind::Minus || kind == TokenKind::Not; }

// A literal or a name.
bool isAtom(TokenKind kind) { return endsOperand(kind) && !closesBracket(kind); }

// Whether a sign between two operands belongs to what reaches so far.
bool joins(TokenKind kind, Reach reach) {
  switch (kind) {
    case TokenKind::Star:
    case TokenKind::Slash:
    case TokenKind::Percent: return reach >= Reach::Product;
    case TokenKind::Plus:
    case TokenKind::Minus: return reach >= Reach::Sum;
    case TokenKind::Less:
    case TokenKind::LessEqual:
    case TokenKind::Greater:
    case TokenKind::GreaterEqual:
    case TokenKind::Equal:
    case TokenKind::NotEqual: return reach >= Reach::Comparison;
    default: return false;
  }
}

bool endsWhole(TokenKind kind) {
  return kind == TokenKind::Comma || kind == TokenKind::Assign || kind == TokenKind::Question ||
         kind == TokenKind::Colon || kind == TokenKind::End;
}

}  // namespace

std::optional<uint32_t> TokenWalk::closing(uint32_t open) const {
  uint32_t depth = 0;
  for (uint32_t i = open; i < end_; ++i) {
    if (opensBracket(kind(i))) ++depth;
    if (closesBracket(kind(i)) && --depth == 0) return i;
  }
  return std::nullopt;
}

std::optional<uint32_t> TokenWalk::opening(uint32_t close) const {
  uint32_t depth = 0;
  for (uint32_t i = close + 1; i-- > begin_;) {
    if (closesBracket(kind(i))) ++depth;
    if (opensBracket(kind(i)) && --depth == 0) return i;
  }
  return std::nullopt;
}

std::optional<uint32_t> TokenWalk::operandBackward(uint32_t end) const {
  for (uint32_t at = end; at > begin_;) {
    uint32_t i = at - 1;
    if (closesBracket(kind(i))) {
      auto open = opening(i);
      if (!open) return std::nullopt;
      bool follows = *open > begin_ && endsOperand(kind(*open - 1));
      bool isCall = kind(*open) == TokenKind::LeftParen && follows && isNameToken(kind(*open - 1));
      bool isIndex = kind(*open) == TokenKind::LeftBracket && follows;
      if (isIndex) {
        at = *open;
        continue;
      }
      i = isCall ? *open - 1 : *open;
    } else if (!isAtom(kind(i))) {
      return std::nullopt;
    }
    if (isNameToken(kind(i)) && kind(i - 1) == TokenKind::Dot && i > begin_ + 1) {
      at = i - 1;
      continue;
    }
    return i;
  }
  return std::nullopt;
}

std::optional<uint32_t> TokenWalk::operandForward(uint32_t begin) const {
  uint32_t at = begin;
  if (opensBracket(kind(at))) {
    auto close = closing(at);
    if (!close) return std::nullopt;
    at = *close + 1;
  } else if (isAtom(kind(at))) {
    bool isName = isNameToken(kind(at));
    ++at;
    if (isName && kind(at) == TokenKind::LeftParen) {
      auto close = closing(at);
      if (!close) return std::nullopt;
      at = *close + 1;
    }
  } else {
    return std::nullopt;
  }
  for (;;) {
    if (kind(at) == TokenKind::Dot && isNameToken(kind(at + 1))) {
      at += 2;
    } else if (kind(at) == TokenKind::LeftBracket) {
      auto close = closing(at);
      if (!close) return std::nullopt;
      at = *close + 1;
    } else {
      return at;
    }
  }
}

std::optional<uint32_t> TokenWalk::backward(uint32_t end, Reach reach) const {
  if (reach == Reach::Whole) {
    uint32_t at = end;
    while (at > begin_) {
      TokenKind k = kind(at - 1);
      if (opensBracket(k) || endsWhole(k)) break;
      auto open = closesBracket(k) ? opening(at - 1) : at - 1;
      if (!open) return std::nullopt;
      at = *open;
    }
    return at < end ? std::optional(at) : std::nullopt;
  }
  auto at = operandBackward(end);
  while (at && reach > Reach::Operand && *at > begin_) {
    if (isSign(kind(*at - 1)) && !endsOperand(kind(*at - 2)))
      --*at;
    else if (joins(kind(*at - 1), reach))
      at = operandBackward(*at - 1);
    else
      break;
  }
  return at;
}

std::optional<uint32_t> TokenWalk::forward(uint32_t begin, Reach reach,
                                           const std::function<bool(uint32_t)>& stops) const {
  uint32_t at = begin;
  if (reach == Reach::Whole) {
    while (at < end_ && !(stops && stops(at))) {
      TokenKind k = kind(at);
      bool isCompared = stops && k == TokenKind::Assign;  // `case when a = 1 then`
      if (closesBracket(k) || (endsWhole(k) && !isCompared)) break;
      auto close = opensBracket(k) ? closing(at) : at;
      if (!close) return std::nullopt;
      at = *close + 1;
    }
    return at > begin ? std::optional(at) : std::nullopt;
  }
  for (;;) {
    while (reach > Reach::Operand && isSign(kind(at))) ++at;
    auto end = operandForward(at);
    bool isCompared = end && reach == Reach::Comparison && kind(*end) == TokenKind::Assign;  // as SQL has it
    if (!end || !(joins(kind(*end), reach) || isCompared)) return end;
    at = *end + 1;
  }
}

}  // namespace featc
