// SPDX-License-Identifier: Apache-2.0
// How each token of a valid statement is written. Which blanks a token has depends on what it is there: a `<` of a type
// or a comparison, a `:` of a field, an entry or a choice, a `-` of one operand or two.
#include "frontend/format/token_style.h"

#include "frontend/format/comments.h"

namespace featc {

// Walks through the tokens of one statement with the brackets that are open around each.
class TokenStyler::Statement {
 public:
  Statement(const TokenFile& file, std::vector<TokenStyle>& styles, const StatementTokens& statement)
      : file_(file), styles_(styles), begin_(statement.begin), end_(statement.end), part_(statement.part) {}

  void run() {
    std::string_view keyword = word(begin_);
    if (part_ == StatementPart::GroupEnd) {
      styles_[begin_].lineBreak = LineBreak::Always;
      return;
    }
    isSchema_ = keyword == "request" || keyword == "item" || keyword == "source";
    hasParameters_ = keyword == "source" || keyword == "fn" || keyword == "extern";
    isExtern_ = keyword == "extern";
    inHead_ = isOutputKeyword(keyword) && part_ == StatementPart::Whole;
    for (at_ = begin_; at_ < end_; ++at_) token();
  }

 private:
  enum class Inside : uint8_t { Parens, Parameters, List, Map, Block, StructType };
  struct Open {
    Inside inside;
    uint32_t choices = 0;  // `?` without their `:` yet
    uint32_t angles = 0;   // of types around the bracket
    bool inType = false;   // what the bracket stands in
    bool isLong = false;   // a block of several lines
    bool isCall = false;   // nothing stands between it and the name before
  };

  TokenKind kind(uint32_t i) const { return file_.tokens[i].kind; }
  std::string_view word(uint32_t i) const { return file_.text(file_.tokens[i]); }
  bool within(Inside inside) const { return !open_.empty() && open_.back().inside == inside; }
  bool hasEntries() const { return within(Inside::Block) || within(Inside::StructType); }

  void token() {
    TokenStyle& style = styles_[at_];
    TokenKind now = kind(at_);
    style.blanks = at_ == begin_ || glued_ ? 0 : 1;
    glued_ = false;
    if (closesBracket(now)) return close(style);
    if (startsEntry()) beginEntry(style);
    if (opensBracket(now)) return open(style);
    switch (now) {
      case TokenKind::Comma:
        style.blanks = 0;
        if (inType_ && angles_ == 0) inType_ = false;
        break;
      case TokenKind::Dot:
        style.blanks = 0;
        glued_ = true;
        break;
      case TokenKind::Colon: colon(style); break;
      case TokenKind::Question:
        if (inType_)
          style.blanks = 0;
        else
          ++choices();
        break;
      case TokenKind::Less:
        if (inType_) {
          ++angles_;
          style.blanks = 0;
          glued_ = true;
        }
        break;
      case TokenKind::Greater: greater(style); break;
      case TokenKind::Minus: minus(style); break;
      case TokenKind::Not: glued_ = true; break;
      case TokenKind::Assign:
        inType_ = false;
        if (open_.empty()) inHead_ = false;
        break;
      default: break;
    }
    // `extern fn f(...) -> int64 from "lib"`: the type ends before `from`.
    if (isExtern_ && open_.empty() && angles_ == 0 && at_ + 2 < end_ && kind(at_ + 2) == TokenKind::String)
      inType_ = false;
  }

  uint32_t& choices() { return open_.empty() ? choices_ : open_.back().choices; }

  void colon(TokenStyle& style) {
    if (choices() > 0) {
      --choices();
    } else if (hasEntries() || within(Inside::Parameters)) {
      style.blanks = 0;
      style.isFieldColon = hasEntries();
      inType_ = true;
    } else {
      style.blanks = 0;
    }
  }

  void greater(TokenStyle& style) {
    if (arrow_) {
      style.blanks = 0;
      arrow_ = false;
      inType_ = true;
    } else if (inType_ && angles_ > 0) {
      --angles_;
      style.blanks = 0;
    }
  }

  void minus(TokenStyle& style) {
    if (isExtern_ && open_.empty()) {
      arrow_ = true;
      return;
    }
    if (followsOperand() && !isClauseWord(at_ - 1)) return;
    // Two signs side by side are another language's comment.
    if (at_ > begin_ && kind(at_ - 1) == TokenKind::Minus && file_.tokens[at_ - 1].end < file_.tokens[at_].begin)
      style.blanks = 1;
    glued_ = true;
  }

  bool followsOperand() const {
    return at_ > begin_ && endsOperand(kind(at_ - 1)) && !inHead_ && !isGroupWord(at_ - 1);
  }
  // `default` of `over a default -1` in the head of a group: two words side by side stand in no expression.
  bool isClauseWord(uint32_t i) const {
    return part_ == StatementPart::GroupHead && open_.empty() && kind(i) == TokenKind::Name && i > begin_ + 1 &&
           endsOperand(kind(i - 1)) && !isGroupWord(i - 1);
  }

  // `over` and `where` in the head of a group: an expression follows.
  bool isGroupWord(uint32_t i) const {
    if (part_ != StatementPart::GroupHead || !open_.empty() || kind(i) != TokenKind::Name) return false;
    if (word(i) == "where") return i > begin_ && endsOperand(kind(i - 1));
    return word(i) == "over" && i <= begin_ + 3 && i >= begin_ + 2;
  }

  bool startsEntry() const {
    if (!hasEntries() || angles_ > 0 || !isNameToken(kind(at_)) || at_ + 1 >= end_) return false;
    if (styles_[at_ - 1].isFieldColon) return false;  // a type
    if (kind(at_ + 1) == TokenKind::Colon) return true;
    if (styles_[at_ - 1].startsEntry) return false;  // `escaped`
    if (kind(at_ + 1) == TokenKind::String || kind(at_ + 1) == TokenKind::RawString) return true;
    return at_ + 2 < end_ && kind(at_ + 1) == TokenKind::Name &&
           (kind(at_ + 2) == TokenKind::String || kind(at_ + 2) == TokenKind::RawString);
  }

  void beginEntry(TokenStyle& style) {
    inType_ = false;
    style.startsEntry = true;
    const bool isFirst = kind(at_ - 1) == TokenKind::LeftBrace;
    if (open_.back().inside != Inside::Block) return;
    if (open_.back().isLong && isFirst) style.lineBreak = LineBreak::Always;
    style.blanks = isFirst ? 1 : 2;
  }

  void open(TokenStyle& style) {
    Open bracket{Inside::Parens};
    TokenKind now = kind(at_);
    const bool follows = followsOperand();
    glued_ = true;
    if (part_ == StatementPart::GroupHead && open_.empty() && at_ + 1 == end_) {
      style.lineBreak = LineBreak::Never;
      return;
    }
    if (now == TokenKind::LeftBrace && isSchema_ && open_.empty()) {
      bracket.inside = Inside::Block;
      style.lineBreak = LineBreak::Never;
      bracket.isLong = isLongBlock();
      glued_ = false;
    } else if (now == TokenKind::LeftBrace && inType_) {
      bracket.inside = Inside::StructType;
      style.blanks = 0;
      glued_ = false;
    } else if (now == TokenKind::LeftBrace) {
      bracket.inside = Inside::Map;
    } else if (now == TokenKind::LeftBracket) {
      bracket.inside = Inside::List;
      if (follows) style.blanks = 0;
    } else {
      if (hasParameters_ && open_.empty() && !sawParameters_) {
        bracket.inside = Inside::Parameters;
        sawParameters_ = true;
      }
      if (follows) style.blanks = 0;
    }
    bracket.angles = angles_;
    bracket.inType = inType_;
    inType_ = false;
    angles_ = 0;
    open_.push_back(bracket);
  }

  void close(TokenStyle& style) {
    Open bracket = open_.back();
    open_.pop_back();
    const bool isEmpty = opensBracket(kind(at_ - 1));
    const bool isBlock = bracket.inside == Inside::Block;
    style.blanks = (isBlock || bracket.inside == Inside::StructType) && !isEmpty ? 1 : 0;
    if (isBlock) style.lineBreak = bracket.isLong ? LineBreak::Always : LineBreak::Never;
    inType_ = bracket.inType;
    angles_ = bracket.angles;
  }

  // Whether a line ends within the block that opens here, behind its `{` or deeper.
  bool isLongBlock() const {
    for (uint32_t i = at_ + 1; i < end_; ++i)
      if (file_.tokens[i].startsLine) return i + 1 < end_ || i > at_ + 1 || hasComment(at_);
    return false;
  }
  // Behind token i.
  bool hasComment(uint32_t i) const {
    bool has = false;
    eachComment(file_, i + 1, [&](std::string_view, uint32_t) { has = true; });
    return has;
  }

  const TokenFile& file_;
  std::vector<TokenStyle>& styles_;
  const uint32_t begin_;
  const uint32_t end_;
  const StatementPart part_;
  uint32_t at_ = 0;
  std::vector<Open> open_;
  uint32_t choices_ = 0;
  uint32_t angles_ = 0;
  bool inType_ = false;
  bool inHead_ = false;  // of an output: its clauses
  bool arrow_ = false;
  bool glued_ = false;  // nothing stands before the next token
  bool isSchema_ = false;
  bool hasParameters_ = false;
  bool sawParameters_ = false;
  bool isExtern_ = false;
};

void TokenStyler::add(const StatementTokens& statement) {
  if (statement.begin < statement.end) Statement(file_, styles_, statement).run();
}

}  // namespace featc
