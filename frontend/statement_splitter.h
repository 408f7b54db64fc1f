// SPDX-License-Identifier: Apache-2.0
// Cuts tokens into statements by lines and brackets, and counts nesting before anything recurses.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "frontend/frontend.h"
#include "frontend/lexer.h"

namespace featc {

// The words that start a statement.
std::span<const std::string_view> statementKeywords();
// Position in statementKeywords(), nothing for other words.
std::optional<size_t> statementKeyword(std::string_view word);
// Whether a statement that starts with it declares an output: sparse, dense, sequence. A sequence may be a group, too.
bool isOutputKeyword(std::string_view word);
// Whether the name of what the statement declares follows it: `let NAME`, `model NAME`.
bool isBeforeName(std::string_view word);

// One file's tokens while they are read.
struct TokenFile {
  FileId id = 0;
  const SourceFile* source = nullptr;
  std::vector<Token> tokens;
  std::vector<ForeignComment> foreignComments;

  std::string_view text() const { return source->text(); }
  std::string_view text(const Token& t) const { return text().substr(t.begin, t.end - t.begin); }
  Span span(const Token& t) const { return {id, t.begin, t.end}; }
};

enum class StatementPart : uint8_t {
  Whole,
  GroupHead,  // `sequence group ... {`; the statements of the group follow
  GroupEnd,   // its `}`, or nothing where that is missing
};

// Tokens [begin, end) of a file are one statement, or the head or end of a sequence group.
struct StatementTokens {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool broken = false;  // reported already, not to be parsed
  StatementPart part = StatementPart::Whole;
};

class StatementSplitter {
 public:
  StatementSplitter(const TokenFile& file, const FrontendLimits& limits, Diagnostics& diagnostics)
      : file_(file), limits_(limits), diagnostics_(diagnostics) {}

  // Reports and passes over lines that are not statements. Nothing at the end of the file.
  std::optional<StatementTokens> next();
  // The line after the statement that next() gave last, where it does not start a statement: its first token.
  const Token* strayLine() const;
  // Whether the token is a keyword at the start of a line but for letters that only look like its own.
  bool isStrangeKeyword(uint32_t i) const;
  // Passes over that line and those after it without a report.
  void skipStrayLines();

 private:
  // What opened a bracket, and what was counted inside it.
  struct Level {
    uint32_t open = 0;
    uint32_t signsBefore = 0;  // unary signs before the bracket
    uint32_t chained = 0;      // `?:` and `??` since the last comma
    uint32_t angles = 0;       // `<` of types
    uint32_t elements = 1;
  };

  const Token& token(uint32_t i) const { return file_.tokens[i]; }
  bool isKeyword(uint32_t i) const;
  bool surelyStarts(uint32_t i) const;
  bool starts(uint32_t i) const;
  bool looksMisspelt(uint32_t i) const;
  bool endsStray(uint32_t i, bool insideBrackets) const;
  bool startsGroup(uint32_t i) const;
  bool misspellsGroup(uint32_t i) const;
  uint32_t groupBrace(uint32_t i) const;
  uint32_t closingBrace(uint32_t brace);
  bool belongsInGroup(uint32_t i) const;
  StatementTokens readGroupHead(uint32_t brace);
  void reportMisspeltGroup();
  bool endsGroup() const;
  StatementTokens endGroup();
  void reportOutsider();
  StatementTokens reportStray();
  void reportUnknownStatement(uint32_t i, const StatementTokens& lines);
  uint32_t strayEnd(uint32_t i) const;

  void open(uint32_t i);
  void close(uint32_t i);
  void count(uint32_t i);
  void checkNesting(uint32_t i);
  void reportUnclosed(uint32_t nextStatement);
  bool fail();

  const TokenFile& file_;
  const FrontendLimits& limits_;
  Diagnostics& diagnostics_;
  uint32_t at_ = 0;
  // Of the sequence group around at_: its "{" and "}". kNone: there is no such.
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t groupOpen_ = kNone;
  uint32_t groupClose_ = kNone;
  std::vector<uint32_t> closing_;  // by token, of "{": its "}"; made when first needed

  // Of the statement being read.
  std::vector<Level> levels_;
  uint32_t nesting_ = 0;
  uint32_t signs_ = 0;
  bool inTypes_ = false;
  bool inDefault_ = false;  // of a parameter: an expression among types
  bool schema_ = false;
  bool broken_ = false;
};

}  // namespace featc
