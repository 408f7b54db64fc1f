// SPDX-License-Identifier: Apache-2.0
// Collects diagnostics and renders them: as text with carets, or as JSON.
#include "support/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <tuple>

#include "support/json_quote.h"
#include "support/utf8.h"

namespace featc {
namespace {

struct KindRecord {
  std::string_view camelName;
  Severity severity;
};

constexpr std::array kKinds{
#define FEATC_DIAGNOSTIC(name, severity, text) KindRecord{#name, Severity::severity},
#include "support/diagnostic_kinds.def"
#undef FEATC_DIAGNOSTIC
};

const std::array<std::string, kKinds.size()>& kebabNames() {
  static const auto names = [] {
    std::array<std::string, kKinds.size()> result;
    for (size_t i = 0; i < kKinds.size(); ++i) {
      for (char c : kKinds[i].camelName) {
        bool upper = c >= 'A' && c <= 'Z';
        if (upper && !result[i].empty()) result[i] += '-';
        result[i] += upper ? static_cast<char>(c - 'A' + 'a') : c;
      }
    }
    return result;
  }();
  return names;
}

std::string_view severityName(Severity severity) { return severity == Severity::Error ? "error" : "warning"; }

// One code point of a source line and how it is shown.
struct Glyph {
  size_t bytes = 1;
  uint32_t width = 1;  // terminal columns
  bool printable = true;
};

// Ranges that terminals show two columns wide: CJK, kana, hangul, full-width forms, emoji.
uint32_t displayWidth(uint32_t codePoint) {
  struct Range {
    uint32_t first, last;
  };
  static constexpr Range kZero[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
  static constexpr Range kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},  {0xAC00, 0xD7A3},
                                    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},  {0xFFE0, 0xFFE6},
                                    {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
  auto holds = [codePoint](const Range& range) { return codePoint >= range.first && codePoint <= range.last; };
  if (std::any_of(std::begin(kZero), std::end(kZero), holds)) return 0;
  return std::any_of(std::begin(kWide), std::end(kWide), holds) ? 2 : 1;
}

Glyph glyphAt(std::string_view line, size_t at) {
  std::string_view rest = line.substr(at);
  size_t length = codePointBytes(rest);
  if (length == 0) return {1, 1, false};
  uint32_t codePoint = decodeCodePoint(rest, length);
  if (length == 1) return {1, 1, codePoint >= 0x20 && codePoint != 0x7F};
  // C1 controls and the signs that reorder text would let a line show other than it is.
  bool hidden = (codePoint >= 0x80 && codePoint < 0xA0) || (codePoint >= 0x202A && codePoint <= 0x202E) ||
                (codePoint >= 0x2066 && codePoint <= 0x2069);
  return {length, hidden ? 1 : displayWidth(codePoint), !hidden};
}

// How much of a long line is shown before and after the place in question, in bytes.
constexpr size_t kBytesBefore = 80;
constexpr size_t kBytesAfter = 120;

bool continuesCodePoint(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The source line and carets under [begin, end) of it, both offsets within the line.
std::string excerpt(std::string_view line, size_t begin, size_t end, uint32_t lineNumber) {
  size_t first = begin > kBytesBefore ? begin - kBytesBefore : 0;
  size_t last = std::min(line.size(), std::max(begin, std::min(end, begin + kBytesAfter)) + kBytesBefore);
  if (first < 8) first = 0;
  if (line.size() - last < 8) last = line.size();
  while (first > 0 && continuesCodePoint(line[first])) --first;
  while (last < line.size() && continuesCodePoint(line[last])) ++last;

  std::string shown = first > 0 ? "..." : "";
  std::string carets(shown.size(), ' ');
  bool started = false;
  auto mark = [&](size_t width, bool tab) {
    for (size_t i = 0; i < width; ++i) {
      carets += tab ? '\t' : started ? '~' : '^';
      started = started || !tab;
    }
  };
  for (size_t at = first; at < last;) {
    Glyph glyph = glyphAt(line, at);
    bool tab = line[at] == '\t';
    if (tab || glyph.printable) {
      shown += line.substr(at, glyph.bytes);
    } else {
      shown += '?';
    }
    bool inside = at + glyph.bytes > begin && at < end;
    if (inside) {
      mark(glyph.width, tab);
    } else if (at < begin) {
      carets += tab ? "\t" : std::string(glyph.width, ' ');
    }
    at += glyph.bytes;
  }
  // An empty range, or one past the end of the line, or one of tabs only.
  if (!started) carets += '^';
  if (last < line.size()) shown += "...";
  std::string number = fmt::format("{:>5}", lineNumber);
  return fmt::format("{} | {}\n{} | {}\n", number, shown, std::string(number.size(), ' '), carets);
}

// `PATH:LINE:COLUMN: LABEL: MESSAGE` and the line it is about.
std::string place(const Sources& sources, Span span, std::string_view label, std::string_view message) {
  const SourceFile& file = sources.file(span.file);
  LineColumn at = file.locate(span.begin);
  std::string text = fmt::format("{}:{}:{}: {}: {}\n", file.path(), at.line, at.column, label, message);
  if (file.text().empty()) return text;
  std::string_view line = file.line(at.line);
  size_t begin = std::min<size_t>(span.begin - file.lineStart(at.line), line.size());
  // Of a range over several lines, the first is shown.
  size_t end = std::min<size_t>(begin + (span.end - span.begin), line.size());
  return text + excerpt(line, begin, end, at.line);
}

constexpr size_t kMaxFixText = 200;

std::string shortened(std::string_view text) {
  if (text.size() <= kMaxFixText) return std::string(text);
  size_t end = kMaxFixText;
  while (end > 0 && continuesCodePoint(text[end])) --end;
  return std::string(text.substr(0, end)) + "...";
}

// As it may be shown: on one line, without what acts on a terminal or hides. JSON has the text itself.
std::string visible(std::string_view text) {
  std::string shown;
  std::string part = shortened(text);
  for (size_t at = 0; at < part.size();) {
    Glyph glyph = glyphAt(part, at);
    if (part[at] == '\n')
      shown += "\\n";
    else if (glyph.printable || part[at] == '\t')
      shown += part.substr(at, glyph.bytes);
    else
      shown += '?';
    at += glyph.bytes;
  }
  return shown;
}

std::string fixText(const Sources& sources, const DiagnosticFix& fix) {
  std::string old = visible(sources.text(fix.span));
  std::string replacement = visible(fix.replacement);
  if (old.empty()) return fmt::format("fix: insert `{}`\n", replacement);
  if (fix.replacement.empty()) return fmt::format("fix: remove `{}`\n", old);
  return fmt::format("fix: replace `{}` by `{}`\n", old, replacement);
}

std::string jsonPlace(const Sources& sources, Span span) {
  const SourceFile& file = sources.file(span.file);
  LineColumn begin = file.locate(span.begin);
  LineColumn end = file.locate(span.end);
  return fmt::format(R"("file": {}, "line": {}, "column": {}, "end_line": {}, "end_column": {})",
                     jsonQuote(file.path()), begin.line, begin.column, end.line, end.column);
}

}  // namespace

std::string_view kindName(DiagnosticKind kind) { return kebabNames()[static_cast<size_t>(kind)]; }
Severity kindSeverity(DiagnosticKind kind) { return kKinds[static_cast<size_t>(kind)].severity; }
size_t diagnosticKindCount() { return kKinds.size(); }

Diagnostic& Diagnostics::report(DiagnosticKind kind, Span span, std::string message) {
  bool isError = kindSeverity(kind) == Severity::Error;
  size_t& count = isError ? errors_ : warnings_;
  if (++count <= kMaxErrors) return all_.emplace_back(Diagnostic{kind, span, std::move(message), {}, std::nullopt});
  std::optional<Diagnostic>& overflow = isError ? tooManyErrors_ : tooManyWarnings_;
  if (!overflow) {
    overflow = Diagnostic{
        isError ? DiagnosticKind::TooManyErrors : DiagnosticKind::TooManyWarnings,
        span,
        fmt::format("more than {} {}s; the others are not shown", kMaxErrors, severityName(kindSeverity(kind))),
        {},
        std::nullopt};
  }
  dropped_ = Diagnostic{kind, span, {}, {}, std::nullopt};
  return dropped_;
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<size_t> order(all_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return std::tuple(all_[i].span.file, all_[i].span.begin, i); });
  std::vector<Diagnostic> result;
  for (size_t i : order) result.push_back(all_[i]);
  if (tooManyErrors_) result.push_back(*tooManyErrors_);
  if (tooManyWarnings_) result.push_back(*tooManyWarnings_);
  return result;
}

std::string renderText(const Sources& sources, const Diagnostic& diagnostic) {
  std::string text = place(sources, diagnostic.span, severityName(kindSeverity(diagnostic.kind)), diagnostic.message);
  for (const DiagnosticNote& note : diagnostic.notes) {
    text += note.span ? place(sources, *note.span, "note", note.message) : fmt::format("note: {}\n", note.message);
  }
  if (diagnostic.fix) text += fixText(sources, *diagnostic.fix);
  return text;
}

std::string renderJson(const Sources& sources, const Diagnostic& diagnostic) {
  std::string notes;
  for (const DiagnosticNote& note : diagnostic.notes) {
    if (!notes.empty()) notes += ", ";
    notes += note.span
                 ? fmt::format(R"({{{}, "message": {}}})", jsonPlace(sources, *note.span), jsonQuote(note.message))
                 : fmt::format(R"({{"message": {}}})", jsonQuote(note.message));
  }
  std::string fix = "null";
  if (diagnostic.fix) {
    fix = fmt::format(R"({{{}, "replacement": {}}})", jsonPlace(sources, diagnostic.fix->span),
                      jsonQuote(diagnostic.fix->replacement));
  }
  return fmt::format(R"({{{}, "severity": "{}", "kind": "{}", "message": {}, "notes": [{}], "fix": {}}})",
                     jsonPlace(sources, diagnostic.span), severityName(kindSeverity(diagnostic.kind)),
                     kindName(diagnostic.kind), jsonQuote(diagnostic.message), notes, fix);
}

}  // namespace featc
