// SPDX-License-Identifier: Apache-2.0
// Lines of a config: where the author has them, but for those of blocks, whose entries stand on a line each where the
// block has several. What is inside brackets is indented once a line that leaves some open.
#include "frontend/format/config_lines.h"

#include <algorithm>
#include <utility>

namespace featc {

namespace {

constexpr uint32_t kIndent = 2;

bool opens(TokenKind kind) {
  return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket || kind == TokenKind::LeftBrace;
}
bool closes(TokenKind kind) {
  return kind == TokenKind::RightParen || kind == TokenKind::RightBracket || kind == TokenKind::RightBrace;
}

std::string_view withoutBlanks(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

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
      const uint32_t indented = closes(kind) && !open_.empty() ? open_[stillOpen(i)].indent : indent(i);
      lines_.push_back({i, i, {}, indented, std::exchange(blank_, false), kindOf(i), statement_});
    }
    lines_.back().end = i + 1;
    if (opens(kind)) {
      bool counts = true;
      for (const Bracket& bracket : open_) counts = counts && bracket.line != lines_.size();
      open_.push_back({lines_.size(), lines_.back().indent, counts});
    } else if (closes(kind) && !open_.empty()) {
      open_.pop_back();
    }
  }

  struct Bracket {
    size_t line = 0;
    uint32_t indent = 0;  // of that line
    bool counts = true;
  };

  // How many brackets stay open behind those that the line of token i begins by closing.
  size_t stillOpen(uint32_t i) const {
    size_t left = open_.size();
    for (; left > 0 && closes(file_.tokens[i].kind); ++i) --left;
    return left;
  }
  uint32_t indent(uint32_t i) const {
    uint32_t inside = 0;
    for (const Bracket& bracket : open_) inside += bracket.counts ? 1 : 0;
    if (inside == 0 && !startsStatement(i)) inside = 1;
    return base_ + inside * kIndent;
  }
  bool startsStatement(uint32_t i) const {
    return statement_ == statements_.size() || statements_[statement_].begin == i;
  }

  // What stands before token i: comments become lines, or the end of the line before. Whether i begins a line.
  bool gap(uint32_t i) {
    const uint32_t begin = i == 0 ? 0 : file_.tokens[i - 1].end;
    std::string_view text = file_.text().substr(begin, file_.tokens[i].begin - begin);
    bool sawComment = false;
    bool sawEnd = i == 0;
    uint32_t ends = 0;  // line ends since the last token or comment
    for (size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') {
        sawEnd = true;
        ++ends;
      } else if (text[at] == '#') {
        size_t end = std::min(text.find('\n', at), text.size());
        std::string_view comment = withoutBlanks(text.substr(at, end - at));
        addComment(i, comment, sawEnd, ends > 1);
        sawComment = true;
        ends = 0;
        at = end - 1;
      }
    }
    blank_ = ends > 1 && mayHaveBlank(i);
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
    return !closes(file_.tokens[i].kind);
  }
  bool opensLast() const {
    const ConfigLine& last = lines_.back();
    return last.begin < last.end && opens(file_.tokens[last.end - 1].kind);
  }

  LineKind kindOf(uint32_t i) const {
    if (styles_[i].startsEntry && styles_[i + 1].isFieldColon) return LineKind::Field;
    if (!startsStatement(i) || statements_[statement_].part != StatementPart::Whole) return LineKind::Other;
    std::string_view word = file_.text(file_.tokens[i]);
    if (word == "let") return LineKind::Let;
    const bool isOutput = word == "sparse" || word == "dense" || word == "sequence";
    return isOutput ? LineKind::Output : LineKind::Other;
  }

  const TokenFile& file_;
  const std::vector<StatementTokens>& statements_;
  const std::vector<TokenStyle>& styles_;
  std::vector<ConfigLine> lines_;
  std::vector<Bracket> open_;
  uint32_t statement_ = 0;  // that is being cut
  uint32_t base_ = 0;       // of what stands in a group
  bool blank_ = false;
};

}  // namespace

std::vector<ConfigLine> cutIntoLines(const TokenFile& file, const std::vector<StatementTokens>& statements,
                                     const std::vector<TokenStyle>& styles) {
  return LineCutter(file, statements, styles).run();
}

}  // namespace featc
