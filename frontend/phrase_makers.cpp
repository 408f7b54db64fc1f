// SPDX-License-Identifier: Apache-2.0
// What phrases of other languages are here, where more than filling in a text tells.
#include "frontend/phrase_makers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "frontend/bad_tokens.h"
#include "frontend/foreign_words.h"
#include "frontend/phrase_types.h"
#include "frontend/token_walk.h"
#include "ops/operator.h"
#include "support/utf8.h"

namespace featc {

namespace {

// The expression with `list` in the place of the name of an element. Nothing where a call may take the list whole.
std::optional<std::string> ofList(const PhraseMatch& match, TokenRange range, std::string_view element,
                                  const std::string& list) {
  const TokenFile& file = match.file();
  std::string text;
  bool isUsed = false;
  for (uint32_t i = range.begin; i < range.end; ++i) {
    const Token& t = file.tokens[i];
    TokenKind next = i + 1 < range.end ? file.tokens[i + 1].kind : TokenKind::End;
    bool isName = isNameToken(t.kind);
    if ((isName && next == TokenKind::LeftParen) || t.kind == TokenKind::LeftBracket || t.kind == TokenKind::Dot)
      return std::nullopt;
    if (i > range.begin) text += file.text().substr(file.tokens[i - 1].end, t.begin - file.tokens[i - 1].end);
    bool isElement = isName && file.text(t) == element;
    isUsed = isUsed || isElement;
    text += isElement ? list : translated(file, {i, i + 1});
  }
  return isUsed ? std::optional(text) : std::nullopt;
}

// The text of a string without its quotes.
std::string bodyOf(std::string_view literal) {
  std::string plain = literal[0] == '"' ? std::string(literal) : plainString(literal);
  return plain.substr(1, plain.size() - 2);
}

std::string likeCall(const std::string& value, std::string_view pattern) {
  std::string body = bodyOf(pattern);
  bool open = body.starts_with('%');
  bool close = body.size() > 1 && body.ends_with('%');
  std::string part = body.substr(open ? 1 : 0, body.size() - (open ? 1 : 0) - (close ? 1 : 0));
  if (part.empty() || part.find_first_of("%_\\") != std::string::npos) return {};
  if (open && close) return fmt::format("contains({}, \"{}\")", value, part);
  if (open) return fmt::format("ends_with({}, \"{}\")", value, part);
  if (close) return fmt::format("starts_with({}, \"{}\")", value, part);
  return {};
}

std::string folded(std::string_view name) {
  std::string text;
  for (char c : name)
    if (c != '_') text += lowered(c);
  return text;
}

// The operator of that name here or elsewhere, where a call of it means the same.
const Operator* sameOperator(std::string_view name) {
  for (const auto& op : operators().all())
    if (!op->isInternal && op->symbol.empty() && folded(op->name) == folded(name))
      return op->name == name || sameLetters(name) == nullptr ? op.get() : nullptr;
  auto foreign = operators().findForeign(name);
  return foreign.difference.empty() ? foreign.op : nullptr;
}

bool takes(const Operator& op, size_t count) {
  return std::ranges::any_of(op.overloads, [&](const Overload& o) {
    size_t needed = 0;
    for (size_t i = 0; i < o.params.size(); ++i)
      if (!op.params[i].isOptional || o.required[i]) ++needed;
    // The second argument of a reduction is an axis elsewhere.
    return o.variadic ? count == 1 && needed <= 1 : count >= needed && count <= o.params.size();
  });
}

size_t countArguments(const PhraseMatch& match, TokenRange range) {
  if (range.begin == range.end) return 0;
  size_t count = 1;
  int depth = 0;
  for (uint32_t i = range.begin; i < range.end; ++i) {
    TokenKind kind = match.file().tokens[i].kind;
    if (opensBracket(kind)) ++depth;
    if (closesBracket(kind)) --depth;
    if (kind == TokenKind::Comma && depth == 0) ++count;
  }
  return count;
}

// `a[1:3]`: its two positions as they are written.
struct Positions {
  std::string from;
  std::string to;
};
Positions positionsOf(const PhraseMatch& match) {
  std::string_view all = match.file().text();
  const auto& tokens = match.file().tokens;
  auto text = [&](uint32_t begin, uint32_t end) {
    return begin == end ? std::string()
                        : std::string(all.substr(tokens[begin].begin, tokens[end - 1].end - tokens[begin].begin));
  };
  uint32_t colon = match.anchor().begin;
  return {text(match.capture('A').end + 1, colon), text(colon + 1, match.range().end - 1)};
}

std::optional<int64_t> wholeNumber(const std::string& text) {
  if (text.empty() || text.size() > 10 || text.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return std::stoll(text);
}

}  // namespace

bool isCallOrName(const std::string& text) {
  SourceFile source("", text.starts_with('!') ? text.substr(1) : text);
  TokenFile file;
  file.source = &source;
  file.tokens = tokenize(source.text(), text.size() + 1).tokens;
  auto end = static_cast<uint32_t>(file.tokens.size() - 1);
  return TokenWalk(file, 0, end).forward(0, Reach::Operand) == end;
}

PhraseMade like(const PhraseMatch& match) {
  return {.to = likeCall(match.text('X'), match.file().text(match.file().tokens[match.capture('S').begin]))};
}

PhraseMade unlike(const PhraseMatch& match) {
  PhraseMade made = like(match);
  if (!made.to.empty()) made.to = "!" + made.to;
  return made;
}

PhraseMade elementwise(const PhraseMatch& match) {
  auto text = ofList(match, match.capture('E'), match.text('W'), match.text('A'));
  return {.to = text.value_or("")};
}

PhraseMade filtered(const PhraseMatch& match) {
  std::string element = match.text('W');
  std::string list = match.text('A');
  // `[x for x in list if condition]`, where what is kept is the element.
  TokenRange condition = match.capture('C');
  if (condition.end == 0)
    condition = match.capture('E');
  else if (match.text('E') != element)
    return {};
  auto text = ofList(match, condition, element, list);
  return {.to = text ? fmt::format("mask({}, {})", list, *text) : ""};
}

PhraseMade condition(const PhraseMatch& match) {
  uint32_t sign = match.anchor().begin;
  TokenWalk walk(match.file(), match.statement().begin + 1, match.statement().end);
  auto begin = walk.backward(sign, Reach::Comparison);
  auto end = walk.forward(sign + 1, Reach::Comparison);
  auto isText = [&](TokenRange range) {
    TokenKind kind = match.file().tokens[range.begin].kind;
    bool isLiteral = range.end == range.begin + 1 && (kind == TokenKind::String || kind == TokenKind::ForeignString);
    return isLiteral || declaredType(match, range) == "string";
  };
  if (begin && end && isText({*begin, sign}) && isText({sign + 1, *end}))
    return {.say = "strings are joined with concat(a, b)"};
  bool isLogic = begin && end && isCondition(match, {*begin, sign}) && isCondition(match, {sign + 1, *end});
  if (!isLogic) return {.applies = false};
  std::string both = fmt::format("{0}{0}", word(match, sign));
  return {.to = both, .say = fmt::format("conditions are joined by \"{}\"", both)};
}

PhraseMade negation(const PhraseMatch& match) {
  bool isTilde = word(match, match.anchor().begin) == "~";
  TokenRange range = match.capture(isTilde ? 'A' : 'Q');
  if (isTilde && isInteger(match, range)) return {.to = fmt::format("bit_not({})", translated(match.file(), range))};
  if (isTilde && !isCondition(match, range)) return {};
  TokenWalk walk(match.file(), range.begin, range.end);
  bool isOperand = walk.forward(range.begin, Reach::Operand) == range.end;
  std::string text = translated(match.file(), range);
  PhraseMade made{.to = isOperand ? "!" + text : fmt::format("!({})", text)};
  if (isTilde) made.say = "write \"!\" instead of \"~\"";
  return made;
}

PhraseMade partOfTime(const PhraseMatch& match) {
  struct Part {
    std::string_view word;
    std::string_view op;
  };
  constexpr Part kParts[] = {{"hour", "hour"},      {"minute", "minute"},    {"month", "month"},
                             {"year", "year"},      {"day", "day_of_month"}, {"isodow", "day_of_week"},
                             {"doy", "day_of_year"}};
  const auto* part = std::ranges::find_if(kParts, [&](const Part& p) { return sameWord(p.word, match.text('W')); });
  return {.to = part == std::end(kParts) ? "" : fmt::format("{}({})", part->op, match.text('E'))};
}

// `city.upper().strip()`: each is called with what stands before it.
PhraseMade method(const PhraseMatch& match) {
  PhraseMade made;
  std::string value = match.text('A');
  TokenWalk walk(match.file(), match.statement().begin, match.statement().end);
  auto kind = [&](uint32_t i) { return i < match.statement().end ? match.file().tokens[i].kind : TokenKind::End; };
  TokenRange args = match.capture('R');
  std::string name = match.text('W');
  uint32_t end = match.range().end;
  constexpr int kMostCalls = 64;
  for (int calls = 0;; ++calls) {
    if (calls == kMostCalls) {
      made.to.clear();
      return made;
    }
    const Operator* op = sameOperator(name);
    size_t count = 1 + countArguments(match, args);
    std::string text = args.begin == args.end ? "" : translated(match.file(), args);
    if (op == nullptr) {
      auto foreign = operators().findForeign(name);
      if (made.say.empty() && foreign.op != nullptr && foreign.op->symbol.empty())
        made.say = fmt::format("values have no methods; there is \"{}\": {}", foreign.op->name, foreign.difference);
      made.to.clear();
      return made;
    }
    bool isDefault = count == 2 && op == &operatorOf(BinaryOp::Default);
    if (!isDefault && (!op->symbol.empty() || !takes(*op, count))) {
      made.to.clear();
      return made;
    }
    if (made.say.empty() && !isDefault)
      made.say = fmt::format("values have no methods; pass the value to \"{}\"", op->name);
    value = isDefault ? fmt::format("{} ?? {}", value, text)
                      : fmt::format("{}({}{}{})", op->name, value, text.empty() ? "" : ", ", text);
    made.to = value;
    made.end = end;
    bool goesOn = kind(end) == TokenKind::Dot && isNameToken(kind(end + 1)) && kind(end + 2) == TokenKind::LeftParen;
    auto close = goesOn ? walk.closing(end + 2) : std::nullopt;
    if (!close) return made;
    name = word(match, end + 1);
    args = {end + 3, *close};
    end = *close + 1;
    if (isDefault) value = fmt::format("({})", value);
  }
}

PhraseMade arrow(const PhraseMatch& match) {
  // A declared field has no fields itself.
  bool isField = !declaredType(match, match.capture('A')).empty();
  return {.to = isField ? std::string() : fmt::format("{}.{}", match.text('A'), match.text('W'))};
}

PhraseMade ofModule(const PhraseMatch& match) {
  std::string name = match.text('W');
  std::string args = match.text('R');
  if (name == "col" && args.size() > 2 && args.front() == '"' && args.back() == '"') {
    std::string field = args.substr(1, args.size() - 2);
    if (field.find_first_of("\"\\`") == std::string::npos)
      return {.to = writtenName(field), .say = "a field is written by its name alone: price, request.price"};
  }
  const Operator* op = sameOperator(name);
  if (op == nullptr || !op->symbol.empty() || !takes(*op, countArguments(match, match.capture('R')))) return {};
  return {.to = fmt::format("{}({})", op->name, args)};
}

PhraseMade formatted(const PhraseMatch& match) {
  const Token& prefix = match.file().tokens[match.anchor().begin];
  const Token& literal = match.file().tokens[match.capture('S').begin];
  if (prefix.end != literal.begin) return {.applies = false};
  std::string body = bodyOf(match.file().text(literal));
  std::vector<std::string> parts;
  std::string text;
  auto flush = [&] {
    if (!text.empty()) parts.push_back(fmt::format("\"{}\"", text));
    text.clear();
  };
  for (size_t i = 0; i < body.size(); ++i) {
    bool doubled = i + 1 < body.size() && (body[i] == '{' || body[i] == '}') && body[i + 1] == body[i];
    if (body[i] != '{' || doubled) {
      text += body[i];
      i += doubled ? 1 : 0;
      continue;
    }
    size_t close = body.find('}', i);
    if (close == std::string::npos) return {};
    std::string value = body.substr(i + 1, close - i - 1);
    bool isName = !value.empty() && std::ranges::all_of(value, [](char c) {
      return c == '.' || c == '_' || (c >= '0' && c <= '9') || (lowered(c) >= 'a' && lowered(c) <= 'z');
    });
    if (!isName) return {};
    flush();
    parts.push_back(fmt::format("string({})", value));
    i = close;
  }
  flush();
  if (parts.empty()) return {.to = "\"\""};
  return {.to = parts.size() == 1 ? parts[0] : fmt::format("concat({})", fmt::join(parts, ", "))};
}

PhraseMade slice(const PhraseMatch& match) {
  std::string value = match.text('A');
  auto [from, to] = positionsOf(match);
  std::string_view type = declaredType(match, match.capture('A'));
  constexpr std::string_view kSay = "\"[...]\" takes one position; ";
  constexpr std::string_view kOfList = "a part of a list is slice(list, start, length)";
  constexpr std::string_view kOfString = "a part of a string is substr(s, start, length)";
  PhraseMade made;
  if (type == "list" || type == "string")
    made.say = fmt::format("{}{}", kSay, type == "list" ? kOfList : kOfString);
  else
    made.say = fmt::format("{}{}, {}", kSay, kOfList, kOfString);
  if (type != "list" && type != "string") return made;
  std::string_view name = type == "list" ? "slice" : "substr";
  auto first = wholeNumber(from);
  auto last = wholeNumber(to);
  auto fromEnd = wholeNumber(from.starts_with('-') ? from.substr(1) : "");
  if (from.empty() && last)
    made.to =
        type == "list" ? fmt::format("head({}, {})", value, *last) : fmt::format("substr({}, 0, {})", value, *last);
  else if (first && last && *first <= *last)
    made.to = fmt::format("{}({}, {}, {})", name, value, *first, *last - *first);
  else if (first && to.empty())
    made.to = fmt::format("{0}({1}, {2}, len({1}))", name, value, *first);
  else if (fromEnd && to.empty())
    made.to = fmt::format("{0}({1}, -{2}, {2})", name, value, *fromEnd);
  return made;
}

PhraseMade reversed(const PhraseMatch& match) {
  bool isList = declaredType(match, match.capture('A')) == "list" && match.text('N') == "1";
  return {.to = isList ? fmt::format("reverse({})", match.text('A')) : ""};
}

}  // namespace featc
