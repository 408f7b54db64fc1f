// SPDX-License-Identifier: Apache-2.0
// Characters that make a config show other than it is.
#include "frontend/hidden_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "support/text_direction.h"
#include "support/utf8.h"

namespace featc {

namespace {

constexpr DiagnosticKind kKind = DiagnosticKind::HiddenText;

enum class Place : uint8_t { Comment, String, RawString, Name, Elsewhere };

Place placeOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::String: return Place::String;
    case TokenKind::RawString: return Place::RawString;
    case TokenKind::QuotedName: return Place::Name;
    default: return Place::Elsewhere;  // no config holds it, which is reported of the token
  }
}

class HiddenText {
 public:
  HiddenText(const TokenFile& file, Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {}

  void run() {
    if (!mayHold()) return;
    size_t at = 0;
    for (const Token& token : file_.tokens) {
      comments(at, token.begin);
      check(token.begin, token.end, placeOf(token.kind));
      at = token.end;
    }
  }

 private:
  // A quick look: most configs have none.
  bool mayHold() const {
    std::string_view text = file_.text();
    if (text.find('\r') != std::string_view::npos || text.find_first_of("\v\f") != std::string_view::npos) return true;
    return text.find("\xE2\x80") != std::string_view::npos || text.find("\xE2\x81") != std::string_view::npos ||
           text.find("\xC2\x85") != std::string_view::npos;
  }

  // What stands between two tokens: each comment alone.
  void comments(size_t begin, size_t end) {
    // Nothing is looked for beyond the gap, which may be one of very many.
    std::string_view gap = file_.text().substr(0, end);
    for (size_t at = begin; at < end;) {
      size_t lineEnd = std::min(gap.find('\n', at), end);
      size_t sign = gap.substr(at, lineEnd - at).find_first_of("#/-");
      if (sign != std::string_view::npos) check(at + sign, lineEnd, Place::Comment);
      at = lineEnd + 1;
    }
  }

  // The first of each kind that a comment or token holds.
  void check(size_t begin, size_t end, Place place) {
    if (place == Place::Elsewhere) return;
    std::string_view text = file_.text().substr(begin, end - begin);
    bool turned = false;
    bool ended = false;
    for (size_t at = 0; at < text.size() && !(turned && ended);) {
      size_t bytes = codePointStep(text.substr(at));
      uint32_t c = codePointBytes(text.substr(at)) == 0 ? 0 : decodeCodePoint(text.substr(at), bytes);
      bool isLineEnd = c == '\r' && begin + at + 1 < file_.text().size() && file_.text()[begin + at + 1] == '\n';
      isLineEnd = isLineEnd || (c == '\r' && begin + at + 1 == file_.text().size());
      Span span{file_.id, static_cast<uint32_t>(begin + at), static_cast<uint32_t>(begin + at + bytes)};
      Span whole{file_.id, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
      if (turnsText(c) && !turned) {
        turned = true;
        reportTurned(span, whole, c, place);
      } else if (endsLineElsewhere(c) && !isLineEnd && !ended) {
        ended = true;
        reportLineEnd(span, whole, c, place);
      }
      at += bytes;
    }
  }

  void reportTurned(Span at, Span whole, uint32_t c, Place place) {
    std::string what = place == Place::Comment ? "comment" : place == Place::Name ? "name" : "string";
    Diagnostic& d = diagnostics_.report(kKind, at,
                                        fmt::format("this {} holds U+{:04X}, which changes the direction of the text "
                                                    "after it, so that it looks different from what it is",
                                                    what, c));
    if (place == Place::Comment)
      d.replace(whole, without(whole));
    else if (place == Place::Name)
      d.note("remove it from the name, and from the name in the data");
    else
      d.replace(whole, escaped(whole, place));
  }

  void reportLineEnd(Span at, Span whole, uint32_t c, Place place) {
    std::string name = c == '\r' ? "a carriage return alone" : fmt::format("U+{:04X}", c);
    if (place == Place::Comment) {
      diagnostics_
          .report(kKind, at,
                  fmt::format("this comment continues after {}, which some editors show as the end of its line", name))
          .note("end the line with \\n, or remove it");
    } else if (c == '\r' && place != Place::Name) {
      diagnostics_
          .report(kKind, at, fmt::format("this string holds {}, which some editors show as the end of a line", name))
          .replace(whole, escaped(whole, place));
    }
  }

  // The comment without what turns it.
  std::string without(Span whole) const {
    std::string text;
    forEach(whole, [&](uint32_t c, std::string_view bytes) {
      if (!turnsText(c)) text += bytes;
    });
    return text;
  }

  // The string with escapes.
  std::string escaped(Span whole, Place place) const {
    bool raw = place == Place::RawString;
    if (raw) ++whole.begin;
    Span body{whole.file, whole.begin + 1, whole.end - 1};
    std::string text = "\"";
    forEach(body, [&](uint32_t c, std::string_view bytes) {
      if (turnsText(c))
        text += fmt::format("\\u{{{:x}}}", c);
      else if (c == '\r')
        text += "\\r";
      else if (raw && c == '\\')
        text += "\\\\";
      else
        text += bytes;
    });
    return text + '"';
  }

  template <class Take>
  void forEach(Span span, Take take) const {
    std::string_view text = file_.text().substr(span.begin, span.end - span.begin);
    while (!text.empty()) {
      size_t bytes = codePointStep(text);
      take(codePointBytes(text) == 0 ? 0 : decodeCodePoint(text, bytes), text.substr(0, bytes));
      text.remove_prefix(bytes);
    }
  }

  const TokenFile& file_;
  Diagnostics& diagnostics_;
};

}  // namespace

void reportHiddenText(const TokenFile& file, Diagnostics& diagnostics) { HiddenText(file, diagnostics).run(); }

}  // namespace featc
