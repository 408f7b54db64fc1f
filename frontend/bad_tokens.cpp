// SPDX-License-Identifier: Apache-2.0
// Signs, numbers and strings that no config holds: what they are elsewhere, and what to write instead.
#include "frontend/bad_tokens.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "frontend/field_errors.h"
#include "frontend/foreign_phrases.h"
#include "frontend/statement_splitter.h"
#include "support/utf8.h"

namespace featc {
namespace {

constexpr DiagnosticKind kText = DiagnosticKind::InvalidText;
constexpr DiagnosticKind kNumber = DiagnosticKind::InvalidNumber;

// -- Signs ------------------------------------------------------------------------------------------

// What people type for a sign of the language, and the sign.
struct Replacement {
  std::string_view wrong;
  std::string_view right;
};
constexpr Replacement kSigns[] = {
    {"×", "*"},  {"÷", "/"},  {"−", "-"},  {"–", "-"},  {"—", "-"}, {"≤", "<="},       {"≥", ">="},
    {"≠", "!="}, {"。", "."}, {"、", ","}, {"　", " "}, {"‐", "-"}, {"\xC2\xA0", " "}, {"\xE2\x80\xAF", " "},
};

// What opens a string elsewhere, and what may close it.
struct Quotes {
  std::string_view open;
  std::string_view close[3];
};
constexpr Quotes kQuotes[] = {
    {"'", {"'"}},
    {"‘", {"’", "'"}},
    {"’", {"’", "'"}},
    {"‚", {"’", "‘"}},
    {"“", {"”", "“", "\""}},
    {"”", {"”", "“", "\""}},
    {"„", {"”", "“"}},
    {"«", {"»"}},
    {"＂", {"＂"}},
    {"＇", {"＇"}},
};

// Full-width forms U+FF01..U+FF5E are ASCII moved by 0xFEE0.
constexpr uint32_t kFullWidth = 0xFF01;
constexpr uint32_t kLastFullWidth = 0xFF5E;
constexpr std::string_view kAscii =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

uint32_t firstCodePoint(std::string_view text) {
  size_t bytes = codePointBytes(text);
  return bytes == 0 ? static_cast<unsigned char>(text[0]) : decodeCodePoint(text, bytes);
}

// A run of signs as ASCII; empty where one of them has no such form.
std::string signsMeant(std::string_view text) {
  std::string meant;
  while (!text.empty()) {
    std::string_view sign = signMeant(text);
    if (sign.empty()) return {};
    meant += sign;
    text.remove_prefix(codePointStep(text));
  }
  return meant;
}

// What a token is here, empty where nobody knows.
std::string plainText(const TokenFile& file, const Token& token) {
  if (token.kind == TokenKind::ForeignString) return plainString(file.text(token));
  return token.kind == TokenKind::BadCharacters ? signsMeant(file.text(token)) : std::string();
}

// Who types one such sign types others on the line: the fix corrects them together.
void replaceOnLine(const TokenFile& file, const StatementTokens& statement, uint32_t first, Diagnostic& d) {
  uint32_t last = first;
  for (uint32_t i = first + 1; i < statement.end && !file.tokens[i].startsLine; ++i)
    if (!plainText(file, file.tokens[i]).empty()) last = i;
  std::string text;
  for (uint32_t i = first; i <= last; ++i) {
    const Token& t = file.tokens[i];
    if (i > first) text += file.text().substr(file.tokens[i - 1].end, t.begin - file.tokens[i - 1].end);
    std::string plain = plainText(file, t);
    text += plain.empty() ? std::string(file.text(t)) : plain;
  }
  d.replace(file.span(file.tokens[first]).to(file.span(file.tokens[last])), std::move(text));
}

// The brackets that are open where a walk through tokens has come to.
class OpenBrackets {
 public:
  void pass(std::string_view text) {
    if (text == "(" || text == "[" || text == "{") open_ += text;
    if ((text == ")" || text == "]" || text == "}") && !open_.empty()) open_.pop_back();
  }
  // Whether the innermost one is that of a call or list.
  bool inCall() const { return open_.ends_with('(') || open_.ends_with('['); }

 private:
  std::string open_;
};

OpenBrackets bracketsAround(const TokenFile& file, const StatementTokens& statement, uint32_t at) {
  OpenBrackets open;
  for (uint32_t i = statement.begin; i < at; ++i) open.pass(file.text(file.tokens[i]));
  return open;
}

// The same sign in the rest of the line is the same mistake.
void replaceAll(const TokenFile& file, const StatementTokens& statement, uint32_t first, std::string_view instead,
                Diagnostic& d) {
  std::string_view sign = file.text(file.tokens[first]);
  std::string text(instead);
  uint32_t last = first;
  OpenBrackets open = bracketsAround(file, statement, first);
  for (uint32_t i = first + 1; i < statement.end && !file.tokens[i].startsLine; ++i) {
    open.pass(file.text(file.tokens[i]));
    if (file.text(file.tokens[i]) != sign || !open.inCall()) continue;
    text += file.text().substr(file.tokens[last].end, file.tokens[i].begin - file.tokens[last].end);
    text += instead;
    last = i;
  }
  d.replace(file.span(file.tokens[first]).to(file.span(file.tokens[last])), std::move(text));
}

// `a; b`: what the sign ends here is a line, or a field, which nothing ends.
void reportSemicolon(const TokenFile& file, const StatementTokens& statement, uint32_t at, Diagnostics& diagnostics) {
  Span span = file.span(file.tokens[at]);
  const Token& next = file.tokens[at + 1];
  if (bracketsAround(file, statement, at).inCall()) {  // `IF(a; b; c)`
    replaceAll(file, statement, at, ",",
               diagnostics.report(kText, span, "arguments are separated by \",\", not \";\""));
    return;
  }
  std::string_view keyword = file.text(file.tokens[statement.begin]);
  bool inFields = keyword == "request" || keyword == "item" || keyword == "source";
  bool breaks = !inFields && next.kind != TokenKind::End && !next.startsLine;
  diagnostics
      .report(kText, span,
              inFields ? "fields are written one after another, without \";\""
                       : "a statement ends at the end of its line, without \";\"")
      .replace(breaks ? Span{file.id, span.begin, next.begin} : span, breaks ? "\n" : "");
}

void reportBadCharacters(const TokenFile& file, const StatementTokens& statement, uint32_t at,
                         Diagnostics& diagnostics) {
  const Token& token = file.tokens[at];
  Span span = file.span(token);
  std::string_view text = file.text(token);
  uint32_t codePoint = firstCodePoint(text);
  std::string ascii = signsMeant(text);
  if (text == ";" || ascii == ";") return reportSemicolon(file, statement, at, diagnostics);
  if (!ascii.empty()) {
    bool isSpace = ascii.find_first_not_of(' ') == std::string::npos;
    replaceOnLine(file, statement, at,
                  diagnostics.report(kText, span,
                                     isSpace ? "this is not a plain space"
                                             : fmt::format("\"{}\" has no meaning here; write \"{}\"", text, ascii)));
    return;
  }
  if (auto phrase = foreignPhrase(file, statement, at)) {
    phrase->report(kText, diagnostics);
    return;
  }
  int category = utf8proc_category(static_cast<int32_t>(codePoint));
  bool isHidden = category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_CC;
  if (text == "\r") {
    diagnostics.report(kText, span, "a line ends with \\n or \\r\\n, not with \\r alone").replace(span, "\n");
  } else if (codePoint == 0x2028 || codePoint == 0x2029 || codePoint == 0x85 || codePoint == 0x0B ||
             codePoint == 0x0C) {
    diagnostics.report(kText, span, fmt::format("a line ends with \\n or \\r\\n, not with U+{:04X}", codePoint))
        .replace(span, "\n");
  } else if (isHidden) {
    Diagnostic& d =
        diagnostics.report(kText, span, fmt::format("U+{:04X}, which is invisible, has no meaning here", codePoint));
    // Two words that it keeps apart are not to become one.
    bool parts = at > 0 && file.tokens[at - 1].end == token.begin && file.tokens[at + 1].begin == token.end &&
                 isNameToken(file.tokens[at - 1].kind) && isNameToken(file.tokens[at + 1].kind);
    if (category == UTF8PROC_CATEGORY_CF || !parts) d.replace(span, "");
  } else if (text == "'") {
    diagnostics.report(kText, span, "strings are written in double quotes, not in \"'\"");
  } else {
    diagnostics.report(kText, span, fmt::format("\"{}\" has no meaning here", text));
  }
}

// -- Numbers ----------------------------------------------------------------------------------------

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isWordChar(char c) { return isDigit(c) || lowered(c) != c || (c >= 'a' && c <= 'z') || c == '_'; }

// The decimal number that `0x1F`, `0b101`, `1_000`, `1.5f` or `42L` is elsewhere.
struct NumberMeant {
  std::string number;
  std::string_view why;
};
std::optional<NumberMeant> numberMeant(std::string text) {
  bool grouped = text.find('_') != std::string::npos;
  std::erase(text, '_');
  std::string lower = text;
  std::ranges::transform(lower, lower.begin(), lowered);
  for (auto [prefix, base] : {std::pair<std::string_view, int>{"0x", 16}, {"0b", 2}, {"0o", 8}}) {
    if (!lower.starts_with(prefix)) continue;
    int64_t value = 0;
    const char* begin = lower.data() + prefix.size();
    const char* end = lower.data() + lower.size();
    auto [rest, error] = std::from_chars(begin, end, value, base);
    if (begin == end || error != std::errc{} || rest != end) return std::nullopt;
    return NumberMeant{std::to_string(value), "numbers are decimal"};
  }
  size_t end = lower.size();
  while (end > 0 && (lower[end - 1] == 'l' || lower[end - 1] == 'u' || lower[end - 1] == 'f')) --end;
  std::string_view digits(lower.data(), end);
  size_t whole = std::min(digits.find_first_not_of("0123456789"), digits.size());
  size_t fraction = whole;
  if (whole < digits.size() && digits[whole] == '.')
    fraction = std::min(digits.find_first_not_of("0123456789", whole + 1), digits.size());
  if (fraction != digits.size() || (!grouped && end == lower.size()) || whole == 0 || digits.ends_with('.'))
    return std::nullopt;
  if (lower.size() - end > 3) return std::nullopt;
  bool isFloat = lower.find('f', end) != std::string::npos && fraction == whole;
  return NumberMeant{std::string(digits) + (isFloat ? ".0" : ""),
                     end < lower.size() ? "a number cannot end in a letter" : "a number is written without \"_\""};
}

bool isQuotedSomewhere(const TokenFile& file, std::string_view name) {
  return std::ranges::any_of(
      file.tokens, [&](const Token& t) { return t.kind == TokenKind::QuotedName && nameOf(file.text(), t) == name; });
}

void reportBadNumber(const TokenFile& file, uint32_t at, Diagnostics& diagnostics) {
  const Token& token = file.tokens[at];
  Span span = file.span(token);
  std::string_view text = file.text(token);
  std::string_view shown = utf8Prefix(text, 60);
  bool allDigits = std::ranges::all_of(text.substr(1), isDigit);
  if (text[0] == '.') {
    char before = token.begin > 0 ? file.text()[token.begin - 1] : ' ';
    if (isWordChar(before) || before == '`' || before == ')' || before == ']') {
      Diagnostic& d = diagnostics.report(
          kNumber, span,
          fmt::format("a name that starts with a digit is written in backquotes: .`{}`", shown.substr(1)));
      const Token& name = file.tokens[at - 1];
      std::string whole = fmt::format("{}{}", nameOf(file.text(), name), text);
      if (isNameToken(name.kind) && isQuotedSomewhere(file, whole))
        d.replace(file.span(name).to(span), fmt::format("`{}`", whole));
      else if (isQuotedSomewhere(file, text.substr(1)))
        d.replace(span, fmt::format(".`{}`", text.substr(1)));
      else
        d.note("a name that holds a dot is quoted whole: `ctr.7d`");
      return;
    }
    Diagnostic& d = diagnostics.report(kNumber, span, fmt::format("a number starts with a digit: 0{}", shown));
    if (auto meant = numberMeant("0" + std::string(text)); meant || allDigits)
      d.replace(span, meant ? meant->number : fmt::format("0{}", text));
    return;
  }
  if (text.back() == '.' && std::ranges::all_of(text.substr(0, text.size() - 1), isDigit)) {
    diagnostics.report(kNumber, span, fmt::format("a number ends in a digit: {}0", shown))
        .replace(span, fmt::format("{}0", text));
    return;
  }
  if (auto meant = numberMeant(std::string(text))) {
    diagnostics.report(kNumber, span, fmt::format("{}: {}", meant->why, meant->number)).replace(span, meant->number);
    return;
  }
  Diagnostic& d = diagnostics.report(kNumber, span, fmt::format("\"{}\" is not a number", shown));
  if (text.find("..") != std::string_view::npos) {
    d.note("a range is written low <= x && x < high");
    return;
  }
  d.note(fmt::format("a name that starts with a digit is written in backquotes: `{}`", shown));
  bool isName = file.tokens[at + 1].kind == TokenKind::Colon || isQuotedSomewhere(file, text);
  if (isName && text.find('.') == std::string_view::npos) d.replace(span, fmt::format("`{}`", text));
}

// -- Strings ----------------------------------------------------------------------------------------

void reportOpenString(const TokenFile& file, const Token& token, Diagnostics& diagnostics) {
  std::string_view text = file.text(token);
  Diagnostic& d = diagnostics.report(DiagnosticKind::InvalidString, file.span(token),
                                     "this string has no closing quote on its line");
  size_t end = std::min(text.find_last_not_of(" \t,)]}") + 1, text.size());
  if (!text.substr(0, end).ends_with("\\\"")) return;
  auto backslash = static_cast<uint32_t>(token.begin + end - 2);
  d.note(R"(a "\" before a quote makes it part of the string; the backslash itself is written "\\")");
  d.replace({file.id, backslash, backslash}, "\\");
}

// -- Comments ---------------------------------------------------------------------------------------

// The lines of `/* ... */` as comments of this language.
std::string commentLines(std::string_view body) {
  std::string text;
  for (bool first = true; !body.empty() || first; first = false) {
    size_t end = std::min(body.find('\n'), body.size());
    std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (!first) {
      size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
      line.remove_prefix(indent);
      if (line.starts_with('*')) line.remove_prefix(1);
    }
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
    if (!first && line.empty() && body.empty()) break;
    text += fmt::format("{}#{}{}", first ? "" : "\n", line.empty() || line.starts_with(' ') ? "" : " ", line);
  }
  return text;
}

void reportForeignComment(const TokenFile& file, Span span, Diagnostics& diagnostics) {
  std::string_view all = file.text();
  std::string_view text = all.substr(span.begin, span.end - span.begin);
  std::string_view sign = text.substr(0, 2);
  Span at{file.id, span.begin, span.begin + 2};
  Diagnostic& d = diagnostics.report(
      kText, at,
      fmt::format("a comment starts with \"#\" and goes to the end of the line; \"{}\" does not start one", sign));
  if (sign != "/*") {
    // `///`, `----`
    size_t signs = std::min(text.find_first_not_of(sign[0]), text.size());
    d.replace({file.id, span.begin, static_cast<uint32_t>(span.begin + signs)}, "#");
    return;
  }
  bool closed = text.size() >= 4 && text.ends_with("*/");
  size_t after = all.find_first_not_of(" \t\r", span.end);
  bool isLast = after == std::string_view::npos || all[after] == '\n';
  size_t before = span.begin == 0 ? std::string_view::npos : all.find_last_not_of(" \t", span.begin - 1);
  bool isFirst = before == std::string_view::npos || all[before] == '\n';
  if (!closed) {
    d.replace(at, "#");
  } else if (isLast) {
    d.replace(span, commentLines(text.substr(2, text.size() - 4)));
  } else if (isFirst || text.find('\n') == std::string_view::npos) {
    d.replace(span, "");
  }
}

}  // namespace

std::string_view foreignQuote(std::string_view line) {
  const auto* quotes = std::ranges::find_if(kQuotes, [&](const Quotes& q) { return line.starts_with(q.open); });
  return quotes == std::end(kQuotes) ? std::string_view() : quotes->open;
}

size_t foreignStringBytes(std::string_view line) {
  const auto* quotes = std::ranges::find_if(kQuotes, [&](const Quotes& q) { return line.starts_with(q.open); });
  if (quotes == std::end(kQuotes)) return 0;
  bool isPlain = quotes->open == "'";
  for (size_t at = quotes->open.size(); at < line.size();) {
    std::string_view rest = line.substr(at);
    if (isPlain && (rest.starts_with("''") || (rest[0] == '\\' && rest.size() > 1))) {
      // `''` is a quote within, or the end where nothing stands between.
      if (rest.starts_with("''") && at == 1) return 2;
      at += 2;
      continue;
    }
    for (std::string_view close : quotes->close)
      if (!close.empty() && rest.starts_with(close)) return at + close.size();
    at += codePointStep(rest);
  }
  return line.starts_with("''") ? 2 : 0;
}

std::string plainString(std::string_view foreign) {
  bool isPlain = foreign[0] == '\'';
  size_t open = codePointStep(foreign);
  size_t close = foreign.size() - 1;
  while (close > open && (static_cast<unsigned char>(foreign[close]) & 0xC0U) == 0x80U) --close;
  std::string_view body = foreign.substr(open, std::max(close, open) - open);
  std::string text = "\"";
  for (size_t i = 0; i < body.size(); ++i) {
    bool doubled = isPlain && i + 1 < body.size() && body.substr(i, 2) == "''";
    bool escaped = isPlain && i + 1 < body.size() && body.substr(i, 2) == "\\'";
    if (doubled || escaped) {
      text += '\'';
      ++i;
    } else if (body[i] == '\\' && i + 1 < body.size()) {
      text += body.substr(i++, 2);
    } else {
      if (body[i] == '"' || body[i] == '\\') text += '\\';
      text += body[i];
    }
  }
  return text + '"';
}

std::string_view signMeant(std::string_view text) {
  size_t bytes = text.empty() ? 0 : codePointBytes(text);
  if (bytes < 2) return {};
  const auto* known =
      std::ranges::find_if(kSigns, [&](const Replacement& sign) { return text.starts_with(sign.wrong); });
  if (known != std::end(kSigns)) return known->right;
  uint32_t codePoint = decodeCodePoint(text, bytes);
  if (codePoint < kFullWidth || codePoint > kLastFullWidth) return {};
  return kAscii.substr(codePoint - kFullWidth, 1);
}

void reportBadToken(const TokenFile& file, const StatementTokens& statement, uint32_t token, Diagnostics& diagnostics) {
  const Token& t = file.tokens[token];
  // `"user_id": 'int64'`, `price: float | null`
  std::string_view keyword = file.text(file.tokens[statement.begin]);
  bool inFields = keyword == "request" || keyword == "item" || keyword == "source" || keyword == "fn";
  bool isMark = t.kind == TokenKind::BadCharacters && (file.text(t) == "|" || file.text(t) == "'");
  if (inFields && isMark && reportField(file, statement, token, diagnostics)) return;
  switch (t.kind) {
    case TokenKind::BadCharacters: return reportBadCharacters(file, statement, token, diagnostics);
    case TokenKind::BadNumber: return reportBadNumber(file, token, diagnostics);
    case TokenKind::UnterminatedString: return reportOpenString(file, t, diagnostics);
    default:
      diagnostics.report(
          DiagnosticKind::InvalidString, file.span(t),
          file.text(t) == "``" ? "a name cannot be empty" : "this quoted name has no closing backquote on its line");
  }
}

void reportForeignStrings(const TokenFile& file, Diagnostics& diagnostics) {
  bool isFirst = true;  // of its line
  auto count = static_cast<uint32_t>(file.tokens.size());
  for (uint32_t i = 0; i + 1 < count; ++i) {
    const Token& t = file.tokens[i];
    isFirst = isFirst || t.startsLine;
    if (t.kind != TokenKind::ForeignString || !isFirst) continue;
    // `dense 'price' = ...`: a name, which has no quotes at all.
    bool isName = i > 0 && file.tokens[i - 1].startsLine && isBeforeName(file.text(file.tokens[i - 1]));
    if (isName) continue;
    isFirst = false;
    Diagnostic& d = diagnostics.report(
        kText, file.span(t),
        fmt::format("strings are written in double quotes: {}", utf8Prefix(plainString(file.text(t)), 60)));
    replaceOnLine(file, {i, count - 1}, i, d);
  }
}

void reportForeignComments(const TokenFile& file, Diagnostics& diagnostics) {
  for (const ForeignComment& comment : file.foreignComments)
    reportForeignComment(file, {file.id, comment.begin, comment.end}, diagnostics);
}

}  // namespace featc
