// SPDX-License-Identifier: Apache-2.0
// Types as text, and back.
#include "values/type.h"

namespace featc {

namespace {

// What a read keyed by a list makes of a field that nests as deep as fields may. Codes grow by a nibble a
// constructor, two for a map: this much always fits.
constexpr int kMaxNesting = kMaxFieldNesting + 1;

std::string print(Type type) {
  switch (type.kind()) {
    case Kind::None: return "none";
    case Kind::Bool: return "bool";
    case Kind::Int64: return type.isTimestamp() ? "timestamp" : "int64";
    case Kind::Float64: return "float64";
    case Kind::String: return "string";
    case Kind::List: return "list<" + toString(type.element()) + ">";
    case Kind::Map: return "map<" + toString(type.key()) + ", " + toString(type.value()) + ">";
    case Kind::Weighted: return "weighted<" + toString(type.element()) + ">";
    case Kind::Row: return (type.rowAligned() ? "rows<" : "row<") + std::to_string(type.rowSource()) + ">";
  }
  return "none";
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::optional<Type> whole() {
    auto type = parse(0);
    if (!type) return std::nullopt;
    if (take("?")) type = type->withNullable();
    skipSpace();
    if (!rest_.empty()) return std::nullopt;
    return type;
  }

 private:
  void skipSpace() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  bool take(std::string_view token) {
    skipSpace();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  std::string_view word() {
    skipSpace();
    size_t n = 0;
    while (n < rest_.size() && ((rest_[n] >= 'a' && rest_[n] <= 'z') || (rest_[n] >= '0' && rest_[n] <= '9'))) ++n;
    std::string_view w = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return w;
  }
  std::optional<uint32_t> number() {
    std::string_view digits = word();
    if (digits.empty() || digits.size() > 8) return std::nullopt;
    uint32_t n = 0;
    for (char c : digits) {
      if (c < '0' || c > '9') return std::nullopt;
      n = n * 10 + static_cast<uint32_t>(c - '0');
    }
    return n;
  }

  std::optional<Type> parse(int depth) {
    if (depth > kMaxNesting) return std::nullopt;
    std::string_view name = word();
    if (name == "bool") return Type::boolean();
    if (name == "int64") return Type::int64();
    if (name == "timestamp") return Type::timestamp();
    if (name == "float64") return Type::float64();
    if (name == "string") return Type::string();
    if (name == "list" || name == "weighted") {
      if (!take("<")) return std::nullopt;
      auto element = parse(depth + 1);
      if (!element || !take(">")) return std::nullopt;
      if (name == "list") return Type::list(*element);
      if (!element->isScalar()) return std::nullopt;
      return Type::weighted(*element);
    }
    if (name == "map") {
      if (!take("<")) return std::nullopt;
      auto key = parse(depth + 1);
      if (!key || !isMapKey(*key) || !take(",")) return std::nullopt;
      auto value = parse(depth + 1);
      if (!value || !take(">")) return std::nullopt;
      return Type::map(*key, *value);
    }
    if (name == "row" || name == "rows") {
      if (!take("<")) return std::nullopt;
      auto source = number();
      if (!source || !take(">")) return std::nullopt;
      return Type::row(*source, name == "rows");
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

}  // namespace

std::string toString(Type type) {
  std::string text = print(type);
  if (type.nullable()) text += '?';
  return text;
}

std::optional<Type> parseType(std::string_view text) { return Parser(text).whole(); }

bool isMapKey(Type type) { return type.present() == Type::int64() || type.present() == Type::string(); }

int nestingDepth(Type type) {
  switch (type.kind()) {
    case Kind::List:
    case Kind::Weighted: return 1 + nestingDepth(type.element());
    case Kind::Map: return 1 + nestingDepth(type.value());
    default: return 0;
  }
}

}  // namespace featc
