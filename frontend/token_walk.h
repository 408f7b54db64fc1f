// SPDX-License-Identifier: Apache-2.0
// Finds the ends of operands and expressions in a statement that cannot be parsed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "frontend/statement_splitter.h"

namespace featc {

// How much of what stands beside a sign belongs to it.
enum class Reach : uint8_t {
  Operand,     // a literal, a name with what follows it: `f(x).y[0]`
  Signed,      // the same with signs before it
  Product,     // with * / %
  Sum,         // with + -
  Comparison,  // with < <= > >= == !=
  Whole,       // up to a bracket, a comma, a `=`, `?` or `:`
};

class TokenWalk {
 public:
  TokenWalk(const TokenFile& file, uint32_t begin, uint32_t end) : file_(file), begin_(begin), end_(end) {}

  // Where what ends before token `end` begins; nothing where no operand ends there.
  std::optional<uint32_t> backward(uint32_t end, Reach reach) const;
  // Where what starts at token `begin` ends; `Whole` stops at a token for which `stops` holds, too.
  std::optional<uint32_t> forward(uint32_t begin, Reach reach,
                                  const std::function<bool(uint32_t)>& stops = nullptr) const;
  // The partner of a bracket within the statement.
  std::optional<uint32_t> closing(uint32_t open) const;
  std::optional<uint32_t> opening(uint32_t close) const;

 private:
  TokenKind kind(uint32_t i) const { return i >= begin_ && i < end_ ? file_.tokens[i].kind : TokenKind::End; }
  std::optional<uint32_t> operandBackward(uint32_t end) const;
  std::optional<uint32_t> operandForward(uint32_t begin) const;

  const TokenFile& file_;
  uint32_t begin_;
  uint32_t end_;
};

}  // namespace featc
