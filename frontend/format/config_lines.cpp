// SPDX-License-Identifier: Apache-2.0
// Lines of a config: where the author has them, but for those of blocks, whose entries stand on a line each where the
// block has several. What is inside brackets stands one step further in than the line that opened the innermost.
#include "frontend/format/config_lines.h"

#include <utility>

#include "frontend/format/comments.h"

namespace featc {

namespace {

constexpr uint32_t kIndent = 2;

class LineCutter {
 public:
  LineCutter(const TokenFile& file, const std::vector<StatementTokens>& statements,
             const std::vector<TokenStyle>& styles)
      : file_(file), statements_(statements), styles_(styles) {}

  std::vector<ConfigLine> run() {
    for (; statement_ < statements_.size(); ++statement_) {
      const StatementTokens& now = statements_[statement_];
      if (now.part == StatementPart::GroupEnd) base_ = 0;
      for (uint32_t i = now.begin; i < now.end; ++i) token(i);
      // The `{` of a group is closed by a statement of its own.
      open_.clear();
      if (now.part == StatementPart::GroupHead) base_ = kIndent;
    }
    gap(static_cast<uint32_t>(file_.tokens.size()) - 1);
    return std::move(lines_);
  }

 private:
  void token(uint32_t i) {
    TokenKind kind = file_.tokens[i].kind;
    if (gap(i)) {
      // A line that begins with what closes stands as far out as the line that opened it.
      const uint32_t indented = closesBracket(kind) && !open_.empty() ? open_[stillOpen(i)] : indent(i);
      lines_.push_back({i, i, {}, indented, std::exchange(blank_, false), kindOf(i), statement_});
    }
    lines_.back().end = i + 1;
    if (opensBracket(kind))
      open_.push_back(lines_.back().indent);
    else if (closesBracket(kind) && !open_.empty())
      open_.pop_back();
  }

  // How many brackets stay open behind those that the line of token i begins by closing.
  size_t stillOpen(uint32_t i) const {
    size_t left = open_.size();
    do --left;
    while (left > 0 && closesBracket(file_.tokens[++i].kind) && !mayStartLine(i));
    return left;
  }
  bool mayStartLine(uint32_t i) const {
    return file_.tokens[i].startsLine || styles_[i].lineBreak == LineBreak::Always;
  }
  uint32_t indent(uint32_t i) const {
    if (!open_.empty()) return open_.back() + kIndent;
    return startsStatement(i) ? base_ : base_ + kIndent;
  }
  bool startsStatement(uint32_t i) const {
    return statement_ == statements_.size() || statements_[statement_].begin == i;
  }

  // What stands before token i: comments become lines, or the end of the line before. Whether i begins a line.
  bool gap(uint32_t i) {
    bool sawComment = false;
    const uint32_t lineEnds = eachComment(file_, i, [&](std::string_view comment, uint32_t before) {
      addComment(i, comment, i == 0 || sawComment || before > 0, before > 1);
      sawComment = true;
    });
    blank_ = lineEnds > 1 && mayHaveBlank(i);
    const LineBreak lineBreak = styles_[i].lineBreak;
    if (i == 0 || startsStatement(i) || sawComment) return true;
    if (lineBreak == LineBreak::Never) return false;
    return lineBreak == LineBreak::Always || file_.tokens[i].startsLine;
  }

  void addComment(uint32_t i, std::string_view comment, bool ownLine, bool afterBlank) {
    if (!ownLine && !lines_.empty() && lines_.back().comment.empty()) {
      lines_.back().comment = comment;
      return;
    }
    // Comments before the `}` of a group belong to what it closes.
    const bool endsGroup = statement_ < statements_.size() && statements_[statement_].part == StatementPart::GroupEnd;
    const bool mayHaveBlank = afterBlank && !lines_.empty() && !opensLast();
    lines_.push_back({i, i, comment, endsGroup ? kIndent : indent(i), mayHaveBlank, LineKind::Other, statement_});
  }

  // No blank line begins the file or a block, or ends a block.
  bool mayHaveBlank(uint32_t i) const {
    if (lines_.empty() || opensLast()) return false;
    return !closesBracket(file_.tokens[i].kind);
  }
  bool opensLast() const {
    const ConfigLine& last = lines_.back();
    return last.begin < last.end && opensBracket(file_.tokens[last.end - 1].kind);
  }

  LineKind kindOf(uint32_t i) const {
    if (styles_[i].startsEntry && styles_[i + 1].isFieldColon) return LineKind::Field;
    if (!startsStatement(i) || statements_[statement_].part != StatementPart::Whole) return LineKind::Other;
    std::string_view word = file_.text(file_.tokens[i]);
    if (word == "let") return LineKind::Let;
    return isOutputKeyword(word) ? LineKind::Output : LineKind::Other;
  }

  const TokenFile& file_;
  const std::vector<StatementTokens>& statements_;
  const std::vector<TokenStyle>& styles_;
  std::vector<ConfigLine> lines_;
  std::vector<uint32_t> open_;  // by open bracket: the indent of its line
  uint32_t statement_ = 0;      // that is being cut
  uint32_t base_ = 0;           // of what stands in a group
  bool blank_ = false;
};

}  // namespace

std::vector<ConfigLine> cutIntoLines(const TokenFile& file, const std::vector<StatementTokens>& statements,
                                     const std::vector<TokenStyle>& styles) {
  return LineCutter(file, statements, styles).run();
}

}  // namespace featc
