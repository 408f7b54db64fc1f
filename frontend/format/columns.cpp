// SPDX-License-Identifier: Apache-2.0
// Lines without a blank line between them are a paragraph. Lines of a kind share columns in it: names, clauses, what
// stands behind `=` or `:`, and comments. Keywords of outputs have one width in the whole file.
#include "frontend/format/columns.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "support/utf8.h"

namespace featc {

namespace {

// Between code and a comment, and between fields of one line.
constexpr size_t kWideGap = 2;
// Longer code does not move the comments of the lines around it.
constexpr size_t kLongCode = 72;

size_t widthOf(std::string_view text) {
  size_t width = 0;
  for (; !text.empty(); ++width) text.remove_prefix(std::max<size_t>(codePointBytes(text), 1));
  return width;
}

void padTo(std::string& text, size_t width) {
  size_t now = widthOf(text);
  if (now < width) text.append(width - now, ' ');
}

// `sparse`, `NAME`, `CLAUSES`, `= ...`; `let NAME`, `= ...`; `NAME`, `: ...`; several fields; else all in `rest`.
struct Cells {
  std::string keyword;
  std::string name;
  std::string clauses;
  std::string rest;
  std::vector<std::string> fields{};
};

struct Widths {
  size_t name = 0;
  size_t clauses = 0;
  std::vector<size_t> fields{};  // of lines with several, by position
};

class LineWriter {
 public:
  LineWriter(const TokenFile& file, std::span<const ConfigLine> lines, const std::vector<TokenStyle>& styles)
      : file_(file), lines_(lines), styles_(styles), cells_(lines.size()), paragraph_(lines.size()) {}

  std::string run() {
    measure();
    std::vector<std::string> code(lines_.size());
    for (size_t i = 0; i < lines_.size(); ++i) code[i] = codeOf(i);
    alignComments(code);
    std::string out;
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].afterBlank) out += '\n';
      out += code[i];
      out += '\n';
    }
    return out;
  }

 private:
  // Lines that share columns.
  using Section = std::tuple<size_t, LineKind, uint32_t, uint32_t>;
  Section sectionOf(size_t i) const {
    const ConfigLine& line = lines_[i];
    // Fields of different blocks are no neighbours.
    return {paragraph_[i], line.kind, line.indent, line.kind == LineKind::Field ? line.statement : 0};
  }

  void measure() {
    size_t paragraph = 0;
    for (size_t i = 0; i < lines_.size(); ++i) {
      paragraph += lines_[i].afterBlank ? 1 : 0;
      paragraph_[i] = paragraph;
      cells_[i] = cut(lines_[i]);
      const Cells& cells = cells_[i];
      keyword_ = std::max(keyword_, widthOf(cells.keyword));
      Widths& widths = widths_[sectionOf(i)];
      widths.name = std::max(widths.name, widthOf(cells.name));
      widths.clauses = std::max(widths.clauses, widthOf(cells.clauses));
      widths.fields.resize(std::max(widths.fields.size(), cells.fields.size()));
      for (size_t f = 0; f < cells.fields.size(); ++f)
        widths.fields[f] = std::max(widths.fields[f], widthOf(cells.fields[f]));
    }
  }

  std::string join(uint32_t begin, uint32_t end) const {
    std::string out;
    for (uint32_t i = begin; i < end; ++i) {
      if (i > begin) out.append(styles_[i].blanks, ' ');
      out += file_.text(file_.tokens[i]);
    }
    return out;
  }

  Cells cut(const ConfigLine& line) const {
    if (line.kind == LineKind::Field && !hasOneEntry(line)) return {{}, {}, {}, {}, fieldsOf(line)};
    uint32_t sign = signOf(line);
    if (sign == line.end) return {{}, {}, {}, join(line.begin, line.end)};
    std::string rest = join(sign, line.end);
    if (line.kind != LineKind::Output) return {{}, join(line.begin, sign), {}, std::move(rest)};
    return {join(line.begin, line.begin + 1), join(line.begin + 1, line.begin + 2), join(line.begin + 2, sign),
            std::move(rest)};
  }

  // The `=` or `:` of a line that has columns, else its end.
  uint32_t signOf(const ConfigLine& line) const {
    if (line.kind == LineKind::Other) return line.end;
    if (line.kind == LineKind::Field) return line.begin + 1;
    for (uint32_t i = line.begin; i < line.end; ++i)
      if (file_.tokens[i].kind == TokenKind::Assign) return i;
    return line.end;
  }
  // Where the fields of a line begin, but not those of a struct type in one of them.
  std::vector<uint32_t> fieldStarts(const ConfigLine& line) const {
    std::vector<uint32_t> starts;
    int depth = 0;
    for (uint32_t i = line.begin; i < line.end; ++i) {
      TokenKind kind = file_.tokens[i].kind;
      if (depth == 0 && styles_[i].startsEntry) starts.push_back(i);
      depth += kind == TokenKind::LeftBrace ? 1 : kind == TokenKind::RightBrace ? -1 : 0;
    }
    return starts;
  }
  bool hasOneEntry(const ConfigLine& line) const { return fieldStarts(line).size() == 1; }
  std::vector<std::string> fieldsOf(const ConfigLine& line) const {
    std::vector<std::string> fields;
    std::vector<uint32_t> starts = fieldStarts(line);
    for (size_t i = 0; i < starts.size(); ++i)
      fields.push_back(join(starts[i], i + 1 < starts.size() ? starts[i + 1] : line.end));
    return fields;
  }

  std::string codeOf(size_t i) const {
    const ConfigLine& line = lines_[i];
    const Cells& cells = cells_[i];
    const std::string indent(line.indent, ' ');
    std::string out = indent;
    if (!cells.name.empty()) {
      const Widths& widths = widths_.at(sectionOf(i));
      size_t column = line.indent;
      if (!cells.keyword.empty()) {
        out += cells.keyword;
        column += keyword_ + 1;
        padTo(out, column);
      }
      out += cells.name;
      column += widths.name + 1;
      padTo(out, column);
      if (widths.clauses > 0) {
        out += cells.clauses;
        padTo(out, column + widths.clauses + 1);
      }
    }
    out += cells.rest;
    size_t column = line.indent;
    for (size_t f = 0; f < cells.fields.size(); ++f) {
      padTo(out, column);
      out += cells.fields[f];
      column += widths_.at(sectionOf(i)).fields[f] + kWideGap;
    }
    if (line.begin == line.end) out += line.comment;
    return out;
  }

  void alignComments(std::vector<std::string>& code) const {
    std::map<size_t, size_t> columns;
    auto hasComment = [&](size_t i) { return lines_[i].begin < lines_[i].end && !lines_[i].comment.empty(); };
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (!hasComment(i)) continue;
      size_t& column = columns[paragraph_[i]];
      if (widthOf(code[i]) <= kLongCode) column = std::max(column, widthOf(code[i]) + kWideGap);
    }
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (!hasComment(i)) continue;
      padTo(code[i], std::max(columns[paragraph_[i]], widthOf(code[i]) + kWideGap));
      code[i] += lines_[i].comment;
    }
  }

  const TokenFile& file_;
  std::span<const ConfigLine> lines_;
  const std::vector<TokenStyle>& styles_;
  std::vector<Cells> cells_;
  std::vector<size_t> paragraph_;
  std::map<Section, Widths> widths_;
  size_t keyword_ = 0;
};

}  // namespace

std::string writeLines(const TokenFile& file, std::span<const ConfigLine> lines,
                       const std::vector<TokenStyle>& styles) {
  return LineWriter(file, lines, styles).run();
}

}  // namespace featc
