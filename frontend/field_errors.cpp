// SPDX-License-Identifier: Apache-2.0
// Fields and parameters as other languages declare them: `BIGINT user_id,` `"user_id": "int64"` `optional int64 x =
// 1;`.
#include "frontend/field_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "frontend/bad_tokens.h"
#include "frontend/foreign_types.h"
#include "frontend/foreign_words.h"

namespace featc {

namespace {

bool opens(TokenKind kind) { return opensBracket(kind) || kind == TokenKind::Less; }
bool closes(TokenKind kind) { return closesBracket(kind) || kind == TokenKind::Greater; }
bool isString(TokenKind kind) { return kind == TokenKind::String || kind == TokenKind::ForeignString; }

struct Range {
  uint32_t begin = 0;
  uint32_t end = 0;
};

class FieldReader {
 public:
  FieldReader(const TokenFile& file, const StatementTokens& statement, uint32_t at)
      : file_(file), statement_(statement), at_(at) {}

  bool report(Diagnostics& diagnostics) {
    if (!findField()) return false;
    if (auto text = meant(); text && !isWrittenSo(*text)) {
      Range all = field_;
      bool isSeparated = all.end < statement_.end && (kind(all.end) == TokenKind::Comma || word(all.end) == ";");
      if (braced_ && isSeparated) ++all.end;
      diagnostics
          .report(DiagnosticKind::Syntax, file_.span(token(at_ < statement_.end ? at_ : at_ - 1)),
                  fmt::format("a {} is declared by its name, \":\" and its type: {}", braced_ ? "field" : "parameter",
                              *text))
          .replace(span(all), *text);
      return true;
    }
    if (braced_ && at_ < field_.end && kind(at_) == TokenKind::Assign && at_ > field_.begin + 2) {
      diagnostics.report(DiagnosticKind::Syntax, file_.span(token(at_)), "a field has no default")
          .note(fmt::format("declare it with \"?\", and write {} ?? ... where it is used",
                            file_.text(token(field_.begin))));
      return true;
    }
    bool isBare = !braced_ && field_.end == field_.begin + 1 && isNameToken(kind(field_.begin));
    if (isBare) {
      diagnostics.report(
          DiagnosticKind::Syntax, file_.span(token(field_.begin)),
          fmt::format("a parameter is declared with its type: {}: float64", file_.text(token(field_.begin))));
    }
    return isBare;
  }

 private:
  const Token& token(uint32_t i) const { return file_.tokens[i]; }
  TokenKind kind(uint32_t i) const { return i < statement_.end ? token(i).kind : TokenKind::End; }
  std::string_view word(uint32_t i) const { return i < statement_.end ? file_.text(token(i)) : std::string_view(); }
  Span span(Range range) const { return file_.span(token(range.begin)).to(file_.span(token(range.end - 1))); }
  bool touches(uint32_t i) const { return token(i).begin == token(i - 1).end; }

  // The outermost brackets around at_, and the field in them.
  bool findField() {
    uint32_t open = 0;
    uint32_t depth = 0;
    for (uint32_t i = statement_.begin + 1; i < at_; ++i) {
      if (kind(i) == TokenKind::Less || kind(i) == TokenKind::Greater) continue;
      if (opens(kind(i)) && depth++ == 0) open = i;
      if (closes(kind(i)) && depth > 0) --depth;
    }
    if (depth == 0) return false;
    braced_ = kind(open) == TokenKind::LeftBrace;
    for (uint32_t i = open + 1; i < statement_.end && i <= at_;) {
      field_ = {i, fieldEnd(i)};
      if (field_.end > i && (at_ < field_.end || (at_ == field_.end && !isStart(at_)))) return true;
      i = std::max(field_.end, i + 1);
      if (field_.end < statement_.end && kind(field_.end) == TokenKind::Comma) i = field_.end + 1;
    }
    return false;
  }

  // Whether a field can start there, so that what stands before is another one.
  bool isStart(uint32_t i) const { return i < statement_.end && isNameToken(kind(i)); }

  uint32_t fieldEnd(uint32_t begin) const {
    uint32_t depth = 0;
    bool hasColon = false;
    uint32_t i = begin;
    for (; i < statement_.end; ++i) {
      TokenKind k = kind(i);
      if (depth == 0) {
        bool isNext = hasColon && isNameToken(k) && kind(i + 1) == TokenKind::Colon && kind(i - 1) != TokenKind::Colon;
        if (k == TokenKind::Comma || word(i) == ";" || isNext || (i > begin && token(i).startsLine)) break;
        if (closes(k)) break;
      }
      hasColon = hasColon || k == TokenKind::Colon;
      if (opens(k)) ++depth;
      if (closes(k)) --depth;
    }
    return i;
  }

  // The field in words of this language.
  std::optional<std::string> meant() const {
    Range rest = field_;
    bool nullable = false;
    bool repeated = false;
    for (bool more = true; more && rest.begin + 1 < rest.end && kind(rest.begin + 1) != TokenKind::Colon;) {
      more = false;
      for (std::string_view modifier :
           {"optional", "nullable", "required", "repeated", "const", "var", "let", "field"}) {
        if (!sameWord(word(rest.begin), modifier) || kind(rest.begin + 1) == TokenKind::Less ||
            kind(rest.begin + 1) == TokenKind::LeftBracket)
          continue;
        nullable = nullable || modifier == "optional" || modifier == "nullable";
        repeated = repeated || modifier == "repeated";
        more = true;
        ++rest.begin;
        break;
      }
    }
    // The number of a field of protobuf.
    bool isNumbered = rest.end > rest.begin + 3 && kind(rest.end - 2) == TokenKind::Assign &&
                      kind(rest.end - 1) == TokenKind::Integer && kind(rest.end - 3) != TokenKind::Greater &&
                      std::ranges::none_of(file_.tokens.begin() + rest.begin, file_.tokens.begin() + rest.end,
                                           [](const Token& t) { return t.kind == TokenKind::Colon; });
    if (isNumbered) rest.end -= 2;
    auto named = nameFirst(rest);
    if (!named) named = typeFirst(rest);
    if (!named) return std::nullopt;
    auto& [name, type] = *named;
    if (repeated) type = type.starts_with("list<") ? type : fmt::format("list<{}>", type);
    if (nullable && !type.ends_with('?')) type += '?';
    return fmt::format("{}{}: {}", name, braced_ ? " " : "", type);
  }

  struct Named {
    std::string name;
    std::string type;
  };

  // `user-id bigint not null`, `"price": "float64"`, `price?: number`
  std::optional<Named> nameFirst(Range range) const {
    uint32_t i = range.begin;
    std::string name;
    if (isString(kind(i))) {
      std::string_view text = file_.text(token(i));
      std::string plain = kind(i) == TokenKind::ForeignString ? plainString(text) : std::string(text);
      if (plain.find_first_of("\\`") != std::string::npos || plain.size() == 2) return std::nullopt;
      name = writtenName(std::string_view(plain).substr(1, plain.size() - 2));
      ++i;
    } else if (isNameToken(kind(i))) {
      name = nameOf(file_.text(), token(i));
      // A hyphen or a dot in it.
      for (++i; i + 1 < range.end && (kind(i) == TokenKind::Minus || kind(i) == TokenKind::Dot) && touches(i) &&
                touches(i + 1) && (isNameToken(kind(i + 1)) || kind(i + 1) == TokenKind::Integer);
           i += 2)
        name += fmt::format("{}{}", file_.text(token(i)), nameOf(file_.text(), token(i + 1)));
      name = writtenName(name);
    } else {
      return std::nullopt;
    }
    bool nullable = kind(i) == TokenKind::Question;
    if (nullable) ++i;
    bool hasColon = kind(i) == TokenKind::Colon || kind(i) == TokenKind::Assign;
    while (i < range.end && (kind(i) == TokenKind::Colon || kind(i) == TokenKind::Assign)) ++i;
    auto type = i + 1 == range.end && isString(kind(i)) ? quotedType(i) : typeMeant(file_, i, range.end);
    if (!type || (!hasColon && i == range.begin)) return std::nullopt;
    if (nullable && !type->ends_with('?')) *type += '?';
    return Named{name, *type};
  }

  // `int64 user_id`
  std::optional<Named> typeFirst(Range range) const {
    if (range.end < range.begin + 2 || !isNameToken(kind(range.end - 1))) return std::nullopt;
    auto type = typeMeant(file_, range.begin, range.end - 1);
    if (!type) return std::nullopt;
    return Named{std::string(file_.text(token(range.end - 1))), *type};
  }

  std::optional<std::string> quotedType(uint32_t i) const {
    std::string_view text = file_.text(token(i));
    SourceFile source("", std::string(text.substr(1, text.size() - 2)));
    TokenFile inner;
    inner.source = &source;
    inner.tokens = tokenize(source.text(), text.size()).tokens;
    return typeMeant(inner, 0, static_cast<uint32_t>(inner.tokens.size() - 1));
  }

  // Whether the field says just that, however it is spaced.
  bool isWrittenSo(const std::string& text) const {
    std::string found;
    for (uint32_t i = field_.begin; i < field_.end; ++i) found += file_.text(token(i));
    std::string wanted = text;
    std::erase(wanted, ' ');
    return found == wanted;
  }

  const TokenFile& file_;
  const StatementTokens& statement_;
  uint32_t at_;
  bool braced_ = false;
  Range field_;
};

}  // namespace

bool reportField(const TokenFile& file, const StatementTokens& statement, uint32_t at, Diagnostics& diagnostics) {
  return FieldReader(file, statement, at).report(diagnostics);
}

}  // namespace featc
