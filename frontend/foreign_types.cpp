// SPDX-License-Identifier: Apache-2.0
// What types are called elsewhere, and how they are written here.
#include "frontend/foreign_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "frontend/foreign_words.h"

namespace featc {

namespace {

struct Alias {
  std::string_view foreign;
  std::string_view here;
};
// Letter case makes no difference.
constexpr Alias kAliases[] = {
    {"bool", "bool"},
    {"boolean", "bool"},
    {"bit", "bool"},
    {"int64", "int64"},
    {"int", "int64"},
    {"integer", "int64"},
    {"long", "int64"},
    {"int32", "int64"},
    {"uint64", "int64"},
    {"uint32", "int64"},
    {"uint16", "int64"},
    {"uint8", "int64"},
    {"int16", "int64"},
    {"int8", "int64"},
    {"bigint", "int64"},
    {"smallint", "int64"},
    {"tinyint", "int64"},
    {"uint", "int64"},
    {"short", "int64"},
    {"unsigned", "int64"},
    {"int64_t", "int64"},
    {"int32_t", "int64"},
    {"uint64_t", "int64"},
    {"uint32_t", "int64"},
    {"size_t", "int64"},
    {"float64", "float64"},
    {"float", "float64"},
    {"double", "float64"},
    {"float32", "float64"},
    {"float16", "float64"},
    {"number", "float64"},
    {"real", "float64"},
    {"numeric", "float64"},
    {"decimal", "float64"},
    {"string", "string"},
    {"str", "string"},
    {"text", "string"},
    {"bytes", "string"},
    {"varchar", "string"},
    {"nvarchar", "string"},
    {"char", "string"},
    {"category", "string"},
    {"categorical", "string"},
    {"uuid", "string"},
    {"timestamp", "timestamp"},
    {"timestamptz", "timestamp"},
    {"datetime", "timestamp"},
    {"date", "timestamp"},
    {"datetime64", "timestamp"},
    {"date32", "timestamp"},
    {"date64", "timestamp"},
    {"list", "list"},
    {"array", "list"},
    {"vector", "list"},
    {"seq", "list"},
    {"repeated", "list"},
    {"tuple", "list"},
    {"map", "map"},
    {"dict", "map"},
    {"object", "map"},
    {"struct", "map"},
    {"hashmap", "map"},
    {"optional", "?"},
    {"nullable", "?"},
    {"maybe", "?"},
    {"option", "?"},
};

class TypeReader {
 public:
  TypeReader(const TokenFile& file, uint32_t begin, uint32_t end) : file_(file), at_(begin), end_(end) {}

  std::optional<std::string> run() {
    auto type = read();
    if (!type || at_ != end_) return std::nullopt;
    return type;
  }

 private:
  TokenKind kind(uint32_t ahead = 0) const {
    return at_ + ahead < end_ ? file_.tokens[at_ + ahead].kind : TokenKind::End;
  }
  std::string_view word(uint32_t ahead = 0) const {
    return at_ + ahead < end_ ? file_.text(file_.tokens[at_ + ahead]) : std::string_view();
  }
  bool take(std::string_view sign) {
    if (!sameWord(word(), sign)) return false;
    ++at_;
    return true;
  }

  std::optional<std::string> read() {
    // No type is so deep, but a line of brackets is.
    constexpr uint32_t kDeepest = 16;
    if (depth_ == kDeepest) return std::nullopt;
    ++depth_;
    auto type = base();
    --depth_;
    if (!type) return std::nullopt;
    bool nullable = type->ends_with('?');
    if (nullable) type->pop_back();
    while (at_ < end_) {
      if (take("?") || take("null")) {
        nullable = true;
      } else if (sameWord(word(), "not") && sameWord(word(1), "null")) {
        at_ += 2;
        nullable = false;
      } else if (kind() == TokenKind::LeftBracket && kind(1) == TokenKind::RightBracket) {  // int[]
        at_ += 2;
        type = fmt::format("list<{}>", *type);
        nullable = false;
      } else if (word() == "|" && meansMissing(word(1))) {
        at_ += 2;
        nullable = true;
      } else {
        break;
      }
    }
    return *type + (nullable ? "?" : "");
  }

  std::optional<std::string> base() {
    if (kind() == TokenKind::LeftBracket) {  // [int64]
      ++at_;
      auto element = read();
      if (!element || !take("]")) return std::nullopt;
      return listOf(*element);
    }
    // std::vector, typing.List, pl.Int64
    while (kind() == TokenKind::Name && kind(1) == TokenKind::Dot) at_ += 2;
    while (kind() == TokenKind::Name && kind(1) == TokenKind::Colon && kind(2) == TokenKind::Colon) at_ += 3;
    if (kind() != TokenKind::Name) return std::nullopt;
    std::string_view name = typeMeant(word());
    if (name.empty()) return std::nullopt;
    bool isRepeated = sameWord(word(), "repeated");
    bool isQualifier = sameWord(word(), "unsigned") || sameWord(word(), "double") || sameWord(word(), "long");
    ++at_;
    if (isRepeated && kind() == TokenKind::Name) {
      auto element = read();
      return element ? listOf(*element) : std::nullopt;
    }
    // unsigned long long, double precision
    while (isQualifier && (sameWord(word(), "precision") || typeMeant(word()) == "int64")) ++at_;
    if (name == "list" || name == "map" || name == "?") return container(name);
    if (kind() == TokenKind::LeftParen) {  // varchar(20), decimal(10, 2)
      bool isTime = name == "timestamp";   // timestamp(ms)
      do ++at_;
      while (kind() == TokenKind::Integer || kind() == TokenKind::Comma || (isTime && kind() == TokenKind::Name));
      if (!take(")")) return std::nullopt;
    }
    return std::string(name);
  }

  std::optional<std::string> container(std::string_view name) {
    std::string_view closing = kind() == TokenKind::Less          ? ">"
                               : kind() == TokenKind::LeftBracket ? "]"
                               : kind() == TokenKind::LeftParen   ? ")"
                                                                  : "";
    if (closing.empty() || kind(1) == TokenKind::RightBracket) return std::nullopt;
    std::vector<std::string> arguments;
    do {
      ++at_;
      auto argument = read();
      if (!argument) return std::nullopt;
      arguments.push_back(std::move(*argument));
    } while (kind() == TokenKind::Comma);
    if (!take(closing)) return std::nullopt;
    if (name == "list") return arguments.size() == 1 ? listOf(arguments[0]) : std::nullopt;
    if (name == "?") return arguments.size() == 1 ? std::optional(arguments[0] + "?") : std::nullopt;
    if (arguments.size() != 2 || (arguments[0] != "string" && arguments[0] != "int64")) return std::nullopt;
    return fmt::format("map<{}, {}>", arguments[0], present(arguments[1]));
  }

  // Elements may be missing anyway.
  static std::string present(std::string type) {
    if (type.ends_with('?')) type.pop_back();
    return type;
  }
  static std::optional<std::string> listOf(const std::string& element) {
    return fmt::format("list<{}>", present(element));
  }

  const TokenFile& file_;
  uint32_t at_;
  uint32_t end_;
  uint32_t depth_ = 0;
};

}  // namespace

std::string_view typeMeant(std::string_view word) {
  const auto* found = std::ranges::find_if(kAliases, [&](const Alias& alias) { return sameWord(alias.foreign, word); });
  return found == std::end(kAliases) ? std::string_view() : found->here;
}

std::string_view castMeant(std::string_view word) {
  std::string_view type = typeMeant(word);
  if (type == "int64") return "int";
  if (type == "float64") return "float";
  return type == "string" || type == "bool" ? type : std::string_view();
}

std::optional<std::string> typeMeant(const TokenFile& file, uint32_t begin, uint32_t end) {
  return TypeReader(file, begin, end).run();
}

}  // namespace featc
