// SPDX-License-Identifier: Apache-2.0
// `value_map`: values replaced by way of a constant map.
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ops/groups.h"
#include "ops/library/text_table.h"
#include "ops/library/vocabulary.h"
#include "ops/operator.h"
#include "values/cell_types.h"

namespace featc {

namespace {

constexpr uint32_t kMapParam = 1;

template <class T>
T contentOf(const Value& v) {
  if constexpr (std::is_same_v<T, bool>)
    return v.asBool();
  else if constexpr (std::is_same_v<T, int64_t>)
    return v.asInt();
  else if constexpr (std::is_same_v<T, double>)
    return v.isInt() ? static_cast<double>(v.asInt()) : v.asFloat();
  else
    return v.asString();
}

// The table owns the texts that cells point to.
template <class K, class V>
struct Mapping : OpState {
  using Key = std::conditional_t<std::is_same_v<K, Str>, std::string, int64_t>;
  using Owned = std::conditional_t<std::is_same_v<V, Str>, std::string, V>;
  std::unordered_map<Key, Maybe<Owned>, VocabularyHash, std::equal_to<>> table;
  Maybe<Owned> absent;
  TextTable few;  // of the same keys, where they are texts
  std::vector<const Maybe<Owned>*> ofFew;

  // After the last key.
  void finish() {
    if constexpr (std::is_same_v<K, Str>) {
      if (table.size() > TextTable::kMostTexts) return;
      std::vector<std::string_view> keys;
      for (const auto& [key, to] : table) {
        keys.emplace_back(key);
        ofFew.push_back(&to);
      }
      few.build(keys);
    }
  }
  const Maybe<Owned>& find(K x) const {
    if constexpr (std::is_same_v<K, Str>) {
      if (few) {
        uint32_t at = few.find(x);
        return at == TextTable::kNone ? absent : *ofFew[at];
      }
      auto it = table.find(x.view());
      return it == table.end() ? absent : it->second;
    } else {
      auto it = table.find(x);
      return it == table.end() ? absent : it->second;
    }
  }

  static Maybe<V> cell(const Maybe<Owned>& owned) {
    if (!owned.present) return {};
    if constexpr (std::is_same_v<V, Str>)
      return Str::of(owned.value);
    else
      return owned.value;
  }
};

template <class K, class V>
Prepared prepareMapping(const Value& map, const Value& absent) {
  using State = Mapping<K, V>;
  auto state = std::make_shared<State>();
  for (const auto& [key, to] : map.asMap()) {
    auto& slot = state->table[contentOf<typename State::Key>(key)];
    if (!to.isMissing()) slot = contentOf<typename State::Owned>(to);
  }
  state->finish();
  if (!absent.isMissing()) state->absent = contentOf<typename State::Owned>(absent);
  return {state, std::nullopt};
}

Prepared prepareValueMap(std::span<const Value> constants, std::span<const Type> types) {
  if (constants[0].isMissing()) return {nullptr, PrepareError{kMapParam, "the map is missing"}};
  if (constants[0].asMap().empty()) return {nullptr, PrepareError{kMapParam, "the map is empty"}};
  bool textKeys = types[0].key().is(Kind::String);
  // An integer map with a float default holds floats.
  bool floats = types[1].is(Kind::Float64) || types[0].value().is(Kind::Float64);
  return withScalarCell(floats ? Type::float64() : types[0].value(), [&]<class V>() {
    return textKeys ? prepareMapping<Str, V>(constants[0], constants[1])
                    : prepareMapping<int64_t, V>(constants[0], constants[1]);
  });
}

template <class K, class V>
Maybe<V> mapped(const Mapping<K, V>& state, K x) {
  return Mapping<K, V>::cell(state.find(x));
}

}  // namespace

void registerValueMap(Registry& r) {
  r.group("Maps");
  auto op = r.add("value_map", {value("x"), constant("map"), optionalConstant("default")},
                  "The value of `x` in a constant map; for a value that is not there the default, else missing.")
                .example(R"(value_map("gold", {"silver": 1, "gold": 2.5}))", "2.5")
                .example(R"(value_map("tin", {"silver": 1, "gold": 2.5}, default = 0))", "0")
                .example(R"(value_map([404, 200, 7], {200: "ok", 404: "gone"}))", R"(["gone", "ok", missing])")
                .prepare(prepareValueMap);
  forEachMap([&]<class K, class V>() {
    op.template add<mapped<K, V>>({Type::map(cellType<K>(), cellType<V>()), cellType<V>()});
  });
  op.add<mapped<Str, double>>({Type::map(Type::string(), Type::int64()), Type::float64()}).onlyWith("default");
  op.add<mapped<int64_t, double>>({Type::map(Type::int64(), Type::int64()), Type::float64()}).onlyWith("default");
}

}  // namespace featc
