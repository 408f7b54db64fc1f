// SPDX-License-Identifier: Apache-2.0
// The one table of hints for constants that need a structure; everything else is drawn by type and
// put before the operator's own prepare.
#include "tests/random/constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/random/beside.h"
#include "tests/random/values.h"

namespace featc {
namespace {

// A value that can be written as a literal.
Value writable(Rng& rng, Type type) {
  for (;;) {
    Value v = randomScalar(rng, type);
    if (!v.isFloat() || std::isfinite(v.asFloat())) return v;
  }
}

std::string valueText(const Value& v) {
  std::string text;
  if (v.isList()) {
    for (const Value& element : v.asList()) text += (text.empty() ? "" : ", ") + valueText(element);
    return fmt::format("[{}]", text);
  }
  if (v.isMap()) {
    for (const auto& [key, value] : v.asMap())
      text += (text.empty() ? "" : ", ") + valueText(key) + ": " + valueText(value);
    return fmt::format("{{{}}}", text);
  }
  if (v.isBool()) return v.asBool() ? "true" : "false";
  if (v.isInt()) return fmt::format("{}", v.asInt());
  if (v.isFloat()) return floatLiteral(v.asFloat());
  return quote(v.asString());
}

ExprPtr literal(const Value& value, Type type) {
  return std::make_shared<RandomExpr>(RandomExpr{RandomExpr::Kind::Literal, type, valueText(value), nullptr, {}});
}

// Distinct scalars that ascend.
Value::Elements ascending(Rng& rng, Type type, size_t count) {
  Value::Elements out;
  for (size_t i = 0; i < count; ++i) out.push_back(writable(rng, type));
  auto less = [](const Value& a, const Value& b) {
    if (a.isInt()) return a.asInt() < b.asInt();
    if (a.isFloat()) return a.asFloat() < b.asFloat();
    if (a.isBool()) return a.asBool() < b.asBool();
    return a.asString() < b.asString();
  };
  std::sort(out.begin(), out.end(), less);
  out.erase(std::unique(out.begin(), out.end(), [&](const Value& a, const Value& b) { return !less(a, b); }),
            out.end());
  return out;
}

Value anyWritable(Rng& rng, Type type) {
  if (type.isList()) {
    Value::Elements elements;
    for (size_t i = 0, n = 1 + rng.below(4); i < n; ++i) elements.push_back(anyWritable(rng, type.element()));
    return Value::list(std::move(elements));
  }
  if (type.isMap()) {
    Value::Entries entries;
    for (Value& key : ascending(rng, type.key(), 1 + rng.below(4)))
      entries.emplace_back(std::move(key), anyWritable(rng, type.value()));
    return Value::map(std::move(entries));
  }
  return writable(rng, type);
}

// What a constant with a structure of its own looks like, by parameter.
struct Hint {
  std::string_view param;
  Value (*make)(Rng& rng, Type type);
};

constexpr auto kSortedList = [](Rng& rng, Type type) {
  return Value::list(ascending(rng, type.element(), 1 + rng.below(5)));
};
// Neighbours may be equal.
constexpr auto kQuantiles = [](Rng& rng, Type type) {
  Value::Elements out;
  for (const Value& v : ascending(rng, type.element(), 1 + rng.below(5)))
    for (uint64_t times = 1 + rng.below(2); times > 0; --times) out.push_back(v);
  return Value::list(std::move(out));
};
constexpr auto kSmallCount = [](Rng& rng, Type) {
  if (rng.chance(40)) return Value::of(rng.between(1, 4));
  return Value::of(rng.chance(80) ? rng.between(1, 1000) : static_cast<int64_t>(rng.next() >> 1U) | 1);
};
constexpr auto kSeparator = [](Rng& rng, Type) {
  static const std::vector<std::string> kSeparators = {",", "|", ",,", "a", "\xC3\xA9", "b", std::string(1, '\0')};
  return Value::of(rng.pick(kSeparators));
};
constexpr auto kCombiner = [](Rng& rng, Type) {
  static const std::vector<std::string> kCombiners = {"sum", "mean", "min", "max", "count", "gap_min", "gap_max"};
  return Value::of(rng.pick(kCombiners));
};
// One of a few texts.
template <const auto& kTexts>
constexpr auto kOneOf = [](Rng& rng, Type) { return Value::of(std::string(kTexts[rng.below(std::size(kTexts))])); };
constexpr std::string_view kPatterns[] = {"a", "b*",      "[a-c]+", "(a)(b)?", "^",    "$",
                                          ".", "(?i)ABC", "\\d+",   "(\\w),?", "x|(y)"};
constexpr std::string_view kReplacements[] = {"", "-", "aa", "<\\0>", "\\1", "\\\\"};
constexpr std::string_view kForms[] = {"nfkc", "nfc", "nfkd", "nfd", "width", "none"};
constexpr std::string_view kCases[] = {"keep", "fold", "lower", "upper"};
constexpr std::string_view kUnits[] = {"bytes", "code_points"};
constexpr std::string_view kZones[] = {"UTC", "+08:00", "-03:30", "Asia/Shanghai", "America/New_York"};
constexpr std::string_view kTimeFormats[] = {"%F",    "%F %T", "%Y%m%d", "%F%T%z",           "-%H:%M%%",
                                             "%S.%f", "%m",    "%Y-%d",  "%d %b %Y %I:%M %p"};
constexpr std::string_view kFamilies[] = {"xxh3", "farm", "murmur3", "std"};
constexpr auto kDigits = [](Rng& rng, Type) { return Value::of(rng.between(1, 32)); };
constexpr auto kPrecision = [](Rng& rng, Type) { return Value::of(rng.between(1, 12)); };
constexpr auto kDegrees = [](Rng& rng, Type) { return Value::of(rng.pick(std::vector<double>{0.0001, 0.01, 1, 7.5})); };
constexpr auto kVocabulary = [](Rng& rng, Type type) {
  if (type.isMap()) return anyWritable(rng, type);
  Value::Elements words = ascending(rng, type.element(), 1 + rng.below(6));
  for (size_t i = words.size(); i > 1; --i) std::swap(words[i - 1], words[rng.below(i)]);
  return Value::list(std::move(words));
};

const Hint kHints[] = {{"zone", kOneOf<kZones>},
                       {"format", kOneOf<kTimeFormats>},
                       {"family", kOneOf<kFamilies>},
                       {"precision", kPrecision},
                       {"digits", kDigits},
                       {"degrees", kDegrees},
                       {"pattern", kOneOf<kPatterns>},
                       {"replacement", kOneOf<kReplacements>},
                       {"form", kOneOf<kForms>},
                       {"case", kOneOf<kCases>},
                       {"unit", kOneOf<kUnits>},
                       {"group", kSmallCount},
                       {"boundaries", kSortedList},
                       {"quantiles", kQuantiles},
                       {"n", kSmallCount},
                       {"k", kSmallCount},
                       {"ddof", kSmallCount},
                       {"buckets", kSmallCount},
                       {"sep", kSeparator},
                       {"separator", kSeparator},
                       {"combiner", kCombiner},
                       {"vocab", kVocabulary},
                       {"vocabulary", kVocabulary},
                       {"words", kVocabulary},
                       {"values", kVocabulary}};

Value randomConstant(Rng& rng, std::string_view param, Type type) {
  for (const Hint& h : kHints)
    if (h.param == param) return h.make(rng, type);
  return anyWritable(rng, type);
}

Value plainValue(Type type) {
  switch (type.kind()) {
    case Kind::Bool: return Value::of(true);
    case Kind::Int64: return Value::of(int64_t{1});
    case Kind::Float64: return Value::of(1.0);
    case Kind::List: return Value::list({plainValue(type.element())});
    case Kind::Map: return Value::map({{plainValue(type.key()), plainValue(type.value())}});
    default: return Value::of(std::string("a"));
  }
}

}  // namespace

ExprPtr randomLiteral(Rng& rng, Type type) {
  if (type.is(Kind::Float64) && rng.chance(8)) {
    static const std::vector<std::string> kNotFinite = {"(0.0 / 0.0)", "(1.0 / 0.0)", "(-1.0 / 0.0)"};
    RandomExpr e{RandomExpr::Kind::Literal, type, rng.pick(kNotFinite), nullptr, {}};
    return std::make_shared<RandomExpr>(std::move(e));
  }
  return literal(anyWritable(rng, type), type.present());
}

ExprPtr zoneLiteral(Rng& rng) { return literal(Value::of(std::string(rng.pick(kZones))), Type::string()); }

ExprPtr plainLiteral(Type type) {
  return type.isNone() || type.isWeighted() || type.isRow() ? nullptr : literal(plainValue(type), type.present());
}

bool randomConstants(Rng& rng, const Operator& op, const Overload& overload, bool files,
                     std::vector<ExprPtr>& children) {
  constexpr int kTries = 12;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    std::vector<Value> values;
    std::vector<Type> types;
    for (size_t i = 0; i < op.params.size(); ++i) {
      if (!op.params[i].isConstant) continue;
      bool takesIt = i < overload.params.size();
      types.push_back(takesIt ? overload.params[i] : Type());
      values.emplace_back();
      if (!takesIt) continue;
      children[i] = nullptr;
      if (op.params[i].isOptional && !overload.required[i] && rng.chance(60)) continue;
      if (op.params[i].isFile && !files) {
        if (overload.required[i]) return false;
        continue;
      }
      if (op.params[i].isFile) {
        // The config says its name, the operator gets its content.
        const BesideFile& file = rng.pick(besideFiles());
        values.back() = Value::of(file.content);
        children[i] = literal(Value::of(file.name), Type::string());
        continue;
      }
      values.back() = randomConstant(rng, op.params[i].name, overload.params[i]);
      children[i] = literal(values.back(), overload.params[i].present());
    }
    if (op.prepare == nullptr || !op.prepare(values, types).error) return true;
  }
  return false;
}

}  // namespace featc
