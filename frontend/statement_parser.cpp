// SPDX-License-Identifier: Apache-2.0
// Hands the tokens of one statement after the other to one ANTLR parser.
#include "frontend/statement_parser.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace featc {
namespace {

using grammar::FeatParser;

// The grammar's token for each of ours, in the order of TokenKind.
constexpr std::array<size_t, 38> kGrammarTokens = {
    antlr4::Token::EOF,      FeatParser::NAME,           FeatParser::NAME,          FeatParser::NAME,
    FeatParser::TRUE,        FeatParser::FALSE,          FeatParser::INTEGER,       FeatParser::FLOAT,
    FeatParser::STRING,      FeatParser::STRING,         FeatParser::STRING,        FeatParser::LEFT_PAREN,
    FeatParser::RIGHT_PAREN, FeatParser::LEFT_BRACKET,   FeatParser::RIGHT_BRACKET, FeatParser::LEFT_BRACE,
    FeatParser::RIGHT_BRACE, FeatParser::COMMA,          FeatParser::COLON,         FeatParser::QUESTION,
    FeatParser::DOT,         FeatParser::ASSIGN,         FeatParser::PLUS,          FeatParser::MINUS,
    FeatParser::STAR,        FeatParser::SLASH,          FeatParser::PERCENT,       FeatParser::NOT,
    FeatParser::LESS,        FeatParser::LESS_EQUAL,     FeatParser::GREATER,       FeatParser::GREATER_EQUAL,
    FeatParser::EQUAL,       FeatParser::NOT_EQUAL,      FeatParser::AND,           FeatParser::OR,
    FeatParser::DEFAULT,     antlr4::Token::INVALID_TYPE};
static_assert(kGrammarTokens[static_cast<size_t>(TokenKind::Default)] == FeatParser::DEFAULT);

// A token as ANTLR wants to see it. Its text stays in the file.
class GrammarToken final : public antlr4::Token {
 public:
  GrammarToken(size_t type, uint32_t index) : type_(type), index_(index) {}

  std::string getText() const override { return {}; }
  size_t getType() const override { return type_; }
  size_t getLine() const override { return 0; }
  size_t getCharPositionInLine() const override { return 0; }
  size_t getChannel() const override { return DEFAULT_CHANNEL; }
  size_t getTokenIndex() const override { return index_; }
  size_t getStartIndex() const override { return 0; }
  size_t getStopIndex() const override { return 0; }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  antlr4::CharStream* getInputStream() const override { return nullptr; }
  std::string toString() const override { return {}; }

 private:
  size_t type_;
  uint32_t index_;
};

// Every mistake ends the statement; the message is written where it is caught.
class Bail final : public antlr4::ANTLRErrorStrategy {
 public:
  void reset(antlr4::Parser* /*parser*/) override {}
  antlr4::Token* recoverInline(antlr4::Parser* parser) override { fail(parser); }
  void recover(antlr4::Parser* parser, std::exception_ptr /*e*/) override { fail(parser); }
  void sync(antlr4::Parser* /*parser*/) override {}
  bool inErrorRecoveryMode(antlr4::Parser* /*parser*/) override { return false; }
  void reportMatch(antlr4::Parser* /*parser*/) override {}
  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& /*e*/) override { fail(parser); }

 private:
  [[noreturn]] static void fail(antlr4::Parser* parser) {
    throw SyntaxFailure{tokenIndex(parser->getCurrentToken()), parser->getContext()->getRuleIndex(),
                        parser->getExpectedTokens()};
  }
};

}  // namespace

uint32_t tokenIndex(const antlr4::Token* token) { return static_cast<uint32_t>(token->getTokenIndex()); }

// One statement's tokens, then EOF.
class StatementParser::Tokens final : public antlr4::TokenStream {
 public:
  void load(const TokenFile& file, const StatementTokens& statement) {
    tokens_.clear();
    at_ = 0;
    for (uint32_t i = statement.begin; i < statement.end; ++i) {
      tokens_.emplace_back(kGrammarTokens[static_cast<size_t>(file.tokens[i].kind)], i);
    }
    // Keywords follow one another in the grammar as in the list.
    size_t keyword = FeatParser::MODEL + statementKeyword(file.text(file.tokens[statement.begin])).value();
    if (statement.part == StatementPart::GroupHead)
      keyword = isNameless(file, statement.begin) ? FeatParser::NAMELESS_GROUP : FeatParser::GROUP;
    tokens_.front() = GrammarToken(keyword, statement.begin);
    markWords(file, statement, keyword);
    tokens_.emplace_back(antlr4::Token::EOF, statement.end);
  }

  void consume() override { at_ = std::min(at_ + 1, tokens_.size() - 1); }
  size_t LA(ssize_t i) override { return LT(i)->getType(); }
  antlr4::Token* LT(ssize_t k) override {
    auto target = static_cast<ssize_t>(at_) + (k > 0 ? k - 1 : k);
    return &tokens_[static_cast<size_t>(std::clamp<ssize_t>(target, 0, static_cast<ssize_t>(tokens_.size()) - 1))];
  }
  antlr4::Token* get(size_t index) const override { return const_cast<GrammarToken*>(&tokens_[index]); }
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return tokens_.size(); }
  ssize_t mark() override { return 0; }
  void release(ssize_t /*marker*/) override {}
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval& /*interval*/) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext* /*context*/) override { return {}; }
  std::string getText(antlr4::Token* /*start*/, antlr4::Token* /*stop*/) override { return {}; }

 private:
  // `sequence group over LIST`, where `sequence group over over LIST` is a group named over.
  static bool isNameless(const TokenFile& file, uint32_t begin) {
    auto isOver = [&](uint32_t i) { return file.text(file.tokens[i]) == "over"; };
    return isOver(begin + 2) && !isOver(begin + 3);
  }

  // `where` and `pad` are names but where a clause may stand: behind an expression of a group's head, and before the
  // "=" of an output.
  void markWords(const TokenFile& file, const StatementTokens& statement, size_t keyword) {
    bool isGroup = statement.part == StatementPart::GroupHead;
    bool isOutput = keyword == FeatParser::SPARSE || keyword == FeatParser::DENSE || keyword == FeatParser::SEQUENCE;
    if (!isGroup && !isOutput) return;
    uint32_t depth = 0;
    auto kind = [&](uint32_t i) { return file.tokens[statement.begin + i].kind; };
    for (uint32_t i = !isGroup ? 2 : keyword == FeatParser::NAMELESS_GROUP ? 4 : 5; i + 1 < tokens_.size(); ++i) {
      if (!isGroup && kind(i) == TokenKind::Assign) return;
      if (kind(i) == TokenKind::LeftParen || kind(i) == TokenKind::LeftBracket) ++depth;
      if ((kind(i) == TokenKind::RightParen || kind(i) == TokenKind::RightBracket) && depth > 0) --depth;
      bool isBehind = !isGroup || (endsOperand(kind(i - 1)) && tokens_[i - 1].getType() != FeatParser::WHERE);
      if (depth > 0 || !isBehind || kind(i) != TokenKind::Name) continue;
      std::string_view word = file.text(file.tokens[statement.begin + i]);
      if (isGroup && word == "where") tokens_[i] = GrammarToken(FeatParser::WHERE, statement.begin + i);
      if (word == "pad" && isNameToken(kind(i + 1))) tokens_[i] = GrammarToken(FeatParser::PAD, statement.begin + i);
    }
  }

  std::vector<GrammarToken> tokens_;
  size_t at_ = 0;
};

StatementParser::StatementParser() : tokens_(std::make_unique<Tokens>()) {
  parser_ = std::make_unique<FeatParser>(tokens_.get());
  parser_->removeErrorListeners();
  parser_->setErrorHandler(std::make_shared<Bail>());
}

StatementParser::~StatementParser() = default;

FeatParser::StatementContext* StatementParser::parse(const TokenFile& file, const StatementTokens& statement) {
  tokens_->load(file, statement);
  parser_->reset();
  try {
    return parser_->statement();
  } catch (SyntaxFailure& failure) {
    failure_ = std::move(failure);
    return nullptr;
  }
}

}  // namespace featc
