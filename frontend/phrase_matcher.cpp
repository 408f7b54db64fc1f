// SPDX-License-Identifier: Apache-2.0
// Finds a phrase such as `X not in L` in the tokens of a statement, with what stands for its capital letters.
#include "frontend/phrase_matcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "frontend/bad_tokens.h"
#include "frontend/foreign_types.h"
#include "frontend/foreign_words.h"
#include "frontend/token_walk.h"
#include "support/utf8.h"

namespace featc {

namespace {

bool isCapture(std::string_view item) { return item.size() == 1 && item[0] >= 'A' && item[0] <= 'Z'; }
bool isBracket(std::string_view item) {
  return item.size() == 1 && std::string_view("()[]{}").find(item[0]) != std::string_view::npos;
}
bool isString(TokenKind kind) {
  return kind == TokenKind::String || kind == TokenKind::RawString || kind == TokenKind::ForeignString;
}
bool isNumber(TokenKind kind) { return kind == TokenKind::Integer || kind == TokenKind::Float; }

std::vector<std::string_view> itemsOf(std::string_view pattern) {
  std::vector<std::string_view> items;
  while (!pattern.empty()) {
    size_t end = std::min(pattern.find(' '), pattern.size());
    items.push_back(pattern.substr(0, end));
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
  }
  return items;
}

std::optional<Reach> reachOf(char letter) {
  switch (letter) {
    case 'A':
    case 'B': return Reach::Operand;
    case 'U': return Reach::Signed;
    case 'P': return Reach::Product;
    case 'X':
    case 'Y':
    case 'Z':
    case 'L': return Reach::Sum;
    case 'Q': return Reach::Comparison;
    case 'C':
    case 'E':
    case 'F': return Reach::Whole;
    default: return std::nullopt;
  }
}

}  // namespace

class PhraseMatcher {
 public:
  PhraseMatcher(std::string_view pattern, const TokenFile& file, const StatementTokens& statement)
      : file_(file),
        statement_(statement),
        walk_(file, statement.begin, statement.end),
        items_(itemsOf(pattern)),
        match_(file, statement) {
    auto isAnchor = [](std::string_view item) { return !isCapture(item) && !isBracket(item); };
    auto found = std::ranges::find_if(items_, isAnchor);
    if (found == items_.end()) found = std::ranges::find_if(items_, [](std::string_view i) { return !isCapture(i); });
    // Of captures alone the first one stands for a word.
    isWords_ = std::ranges::none_of(items_, isCapture);
    anchor_ = found == items_.end() ? 0 : static_cast<size_t>(found - items_.begin());
  }

  std::optional<PhraseMatch> run(uint32_t at) {
    // A phrase's first word is near where a statement stops making sense, or its first one.
    constexpr uint32_t kNear = 64;
    uint32_t first = at > statement_.begin + kNear ? at - kNear : statement_.begin;
    for (uint32_t k = std::min(at + 2, statement_.end); k-- > first;)
      if (tryAt(k) && match_.range_.begin <= at && at < match_.range_.end + (isWords_ ? 1 : 0)) return match_;
    if (first > statement_.begin && tryAt(statement_.begin) && at < match_.range_.end) return match_;
    return std::nullopt;
  }

 private:
  const Token& token(uint32_t i) const { return file_.tokens[i]; }
  TokenKind kind(uint32_t i) const { return i < statement_.end ? token(i).kind : TokenKind::End; }

  // Where the word or sign at token `i` ends; nothing where it is another.
  std::optional<uint32_t> literal(std::string_view item, uint32_t i) const {
    bool isWord = lowered(item[0]) >= 'a' && lowered(item[0]) <= 'z';
    if (isWord) {
      if (kind(i) != TokenKind::Name) return std::nullopt;
      while (!item.empty()) {
        size_t end = std::min(item.find('|'), item.size());
        if (sameWord(file_.text(token(i)), item.substr(0, end))) return i + 1;
        item.remove_prefix(std::min(end + 1, item.size()));
      }
      return std::nullopt;
    }
    for (uint32_t k = i; k < statement_.end; ++k) {
      if (k > i && token(k).begin != token(k - 1).end) return std::nullopt;
      std::string_view text = file_.text(token(k));
      if (!item.starts_with(text) || isString(kind(k))) return std::nullopt;
      item.remove_prefix(text.size());
      if (item.empty()) return k + 1;
    }
    return std::nullopt;
  }

  bool tryAt(uint32_t k) {
    auto end =
        isCapture(items_[anchor_]) ? captureForward(items_[anchor_][0], k, anchor_) : literal(items_[anchor_], k);
    if (!end) return false;
    match_.anchor_ = {k, *end};
    uint32_t begin = k;
    for (size_t i = anchor_; i-- > 0;) {
      auto before = itemBackward(items_[i], begin);
      if (!before) return false;
      begin = *before;
    }
    uint32_t at = *end;
    for (size_t i = anchor_ + 1; i < items_.size(); ++i) {
      auto after = isCapture(items_[i]) ? captureForward(items_[i][0], at, i) : literal(items_[i], at);
      if (!after) return false;
      at = *after;
    }
    match_.range_ = {begin, at};
    return true;
  }

  std::optional<uint32_t> itemBackward(std::string_view item, uint32_t end) {
    if (end <= statement_.begin) return std::nullopt;
    if (!isCapture(item)) return literal(item, end - 1) ? std::optional(end - 1) : std::nullopt;
    std::optional<uint32_t> begin;
    if (auto reach = reachOf(item[0])) {
      begin = walk_.backward(end, *reach);
    } else if (captureForward(item[0], end - 1, items_.size())) {
      begin = end - 1;
    }
    if (!begin || *begin < statement_.begin) return std::nullopt;
    // The statement's keyword is not an operand.
    bool isKeyword = *begin == statement_.begin && statement_.part != StatementPart::GroupEnd &&
                     statementKeyword(file_.text(token(*begin))).has_value();
    if (isKeyword) return std::nullopt;
    set(item[0], {*begin, end});
    return begin;
  }

  void set(char letter, TokenRange range) { match_.captures_[static_cast<size_t>(letter - 'A')] = range; }

  std::optional<uint32_t> captureForward(char letter, uint32_t at, size_t item) {
    auto end = endOfCapture(letter, at, item);
    if (end) set(letter, {at, *end});
    return end;
  }

  std::optional<uint32_t> endOfCapture(char letter, uint32_t at, size_t item) {
    auto single = [&](bool fits) { return fits ? std::optional(at + 1) : std::nullopt; };
    std::string_view word = at < statement_.end ? file_.text(token(at)) : std::string_view();
    switch (letter) {
      case 'T': return single(kind(at) == TokenKind::Name && !castMeant(word).empty());
      case 'N': return single(isNumber(kind(at)));
      case 'S':
      case 'V': return single(isString(kind(at)));
      case 'W': return single(isNameToken(kind(at)));
      case 'M': return single(kind(at) == TokenKind::Name && meansMissing(word));
      case 'R': return bracketEnd(at);
      case 'G': {
        auto end = bracketEnd(at);
        return end && areParameters({at, *end}) ? end : std::nullopt;
      }
      case 'D': {
        uint32_t end = at;
        while (end < statement_.end && kind(end) != TokenKind::Assign && kind(end) != TokenKind::LeftBrace &&
               kind(end) != TokenKind::Colon)
          ++end;
        return typeMeant(file_, at, end) ? std::optional(end) : std::nullopt;
      }
      default: break;
    }
    bool isBraced = letter == 'L' && kind(at) == TokenKind::LeftBrace;
    if (isBraced) {
      auto close = walk_.closing(at);
      return close ? std::optional(*close + 1) : std::nullopt;
    }
    auto stops = [&](uint32_t i) {
      return item + 1 < items_.size() && !isCapture(items_[item + 1]) && literal(items_[item + 1], i);
    };
    auto reach = reachOf(letter);
    if (!reach) return std::nullopt;
    return walk_.forward(at, *reach, stops);
  }

  // The bracket that closes what token `at` stands in.
  std::optional<uint32_t> bracketEnd(uint32_t at) const {
    auto close = walk_.closing(at - 1);
    return close && *close >= at ? close : std::nullopt;
  }

  bool areParameters(TokenRange range) const {
    uint32_t at = range.begin;
    while (at < range.end) {
      uint32_t end = parameterEnd(at, range.end);
      if (end < at + 3 || !isNameToken(kind(at)) || kind(at + 1) != TokenKind::Colon || !typeMeant(file_, at + 2, end))
        return false;
      at = end + 1;
    }
    return true;
  }

 public:
  // Where the parameter at token `at` ends: its comma, or the bracket.
  uint32_t parameterEnd(uint32_t at, uint32_t end) const {
    int depth = 0;
    for (; at < end && (depth > 0 || kind(at) != TokenKind::Comma); ++at) {
      TokenKind k = kind(at);
      if (k == TokenKind::Less || k == TokenKind::LeftBracket || k == TokenKind::LeftParen) ++depth;
      if (k == TokenKind::Greater || k == TokenKind::RightBracket || k == TokenKind::RightParen) --depth;
    }
    return at;
  }

 private:
  const TokenFile& file_;
  const StatementTokens& statement_;
  TokenWalk walk_;
  std::vector<std::string_view> items_;
  size_t anchor_ = 0;
  bool isWords_ = false;  // of tokens alone: what follows is where the statement stops making sense
  PhraseMatch match_;
};

std::optional<PhraseMatch> matchPhrase(std::string_view pattern, const TokenFile& file,
                                       const StatementTokens& statement, uint32_t at) {
  return PhraseMatcher(pattern, file, statement).run(at);
}

namespace {

// Values in brackets of any kind are a list here; what is no more than a value in parentheses is that value.
std::string listText(const TokenFile& file, TokenRange range) {
  TokenKind first = file.tokens[range.begin].kind;
  bool isBracketed = first == TokenKind::LeftParen || first == TokenKind::LeftBrace;
  TokenWalk walk(file, range.begin, range.end);
  if (!isBracketed || walk.closing(range.begin) != range.end - 1) return translated(file, range);
  TokenRange inner{range.begin + 1, range.end - 1};
  bool isValue = inner.end == inner.begin + 1 && isNameToken(file.tokens[inner.begin].kind);
  return isValue ? translated(file, inner) : fmt::format("[{}]", translated(file, inner));
}

std::string parametersText(const TokenFile& file, TokenRange range) {
  std::string text;
  StatementTokens all{range.begin, range.end, false, StatementPart::GroupEnd};
  PhraseMatcher matcher("x", file, all);
  for (uint32_t at = range.begin; at < range.end;) {
    uint32_t end = matcher.parameterEnd(at, range.end);
    std::string type = *typeMeant(file, at + 2, end);
    // A fn takes a time as what it is, a number of seconds.
    if (type.starts_with("timestamp")) type.replace(0, std::string_view("timestamp").size(), "int64");
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", file.text(file.tokens[at]), type);
    at = end + 1;
  }
  return text;
}

struct WordMeant {
  std::string_view word;
  std::string_view here;
};
constexpr WordMeant kWords[] = {{"and", "&&"}, {"or", "||"}, {"<>", "!="}};

}  // namespace

std::string translated(const TokenFile& file, TokenRange range) {
  std::string text;
  uint32_t depth = 0;
  for (uint32_t i = range.begin; i < range.end; ++i) {
    const Token& t = file.tokens[i];
    std::string_view word = file.text(t);
    if (t.kind == TokenKind::LeftParen) ++depth;
    if (t.kind == TokenKind::RightParen && depth > 0) --depth;
    if (i > range.begin) text += file.text().substr(file.tokens[i - 1].end, t.begin - file.tokens[i - 1].end);
    const auto* known = std::ranges::find_if(
        kWords, [&](const WordMeant& w) { return t.kind == TokenKind::Name && sameWord(w.word, word); });
    bool isUnequal = t.kind == TokenKind::Less && i + 1 < range.end && file.text(file.tokens[i + 1]) == ">";
    if (t.kind == TokenKind::ForeignString) {
      text += plainString(word);
    } else if (known != std::end(kWords)) {
      text += known->here;
    } else if (isUnequal) {
      text += "!=";
      ++i;
    } else if (t.kind == TokenKind::Assign && depth == 0) {
      text += "==";  // an argument's name stands in parentheses
    } else if (std::string_view literal = foreignLiteral(word); t.kind == TokenKind::Name && !literal.empty()) {
      text += literal;
    } else {
      text += word;
    }
  }
  return text;
}

std::string PhraseMatch::text(char letter) const {
  const TokenRange& range = capture(letter);
  if (range.begin == range.end) return {};
  switch (letter) {
    case 'T': return std::string(castMeant(file_->text(file_->tokens[range.begin])));
    case 'L': return listText(*file_, range);
    case 'G': return parametersText(*file_, range);
    default: return translated(*file_, range);
  }
}

std::string PhraseMatch::fill(std::string_view to) const {
  std::string filled;
  for (size_t i = 0; i < to.size(); ++i) {
    // `%F` is a part of a time's format.
    bool isCapital = to[i] >= 'A' && to[i] <= 'Z' && (i == 0 || to[i - 1] != '%');
    if (isCapital)
      filled += text(to[i]);
    else
      filled += to[i];
  }
  return filled;
}

bool PhraseMatch::standsAlone() const {
  auto kind = [&](uint32_t i) {
    return i >= statement_->begin && i < statement_->end ? file_->tokens[i].kind : TokenKind::End;
  };
  auto ends = [](TokenKind k) {
    return k == TokenKind::End || k == TokenKind::Comma || k == TokenKind::Assign || k == TokenKind::Colon;
  };
  TokenKind before = kind(range_.begin - 1);
  TokenKind after = kind(range_.end);
  return (opensBracket(before) || ends(before)) && (closesBracket(after) || ends(after));
}

}  // namespace featc
