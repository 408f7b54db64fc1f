// SPDX-License-Identifier: Apache-2.0
// Lookups by two keys in a map of maps, and by one key under all values of the other.
#include "ops/groups.h"
#include "ops/library/map_lookup.h"
#include "ops/library/map_oddity.h"
#include "ops/operator.h"
#include "values/cell_types.h"

namespace featc {

namespace {

template <class K, class L, class V>
using MapOfMaps = Map<K, Map<L, V>>;

template <class K, class L, class V>
Maybe<V> match(MapOfMaps<K, L, V> map, K first, L second, Maybe<V> absent) {
  uint64_t at = findKey(map.keys, first);
  if (at == map.keys.size) return absent;
  if (!map.values.present(at)) return {};
  return lookupKey(map.values.data[at], second, absent);
}

// One value for each first key that the second key is found under.
template <class K, class L, class V>
List<V> matchAllFirst(Context& context, MapOfMaps<K, L, V> map, L second) {
  auto* data = context.newList<V>(map.values.size);
  auto* valid = data == nullptr ? nullptr : context.newList<uint8_t>(map.values.size);
  if (valid == nullptr) return {};
  uint64_t size = 0;
  for (uint64_t i = 0; i < map.values.size; ++i) {
    if (!map.values.present(i)) continue;
    const Map<L, V>& inner = map.values.data[i];
    uint64_t at = findKey(inner.keys, second);
    if (at == inner.keys.size) continue;
    valid[size] = inner.values.present(at) ? 1 : 0;
    data[size] = valid[size] != 0 ? inner.values.data[at] : V{};
    ++size;
  }
  return {data, valid, size};
}

template <class K, class L, class V>
List<V> matchAllSecond(MapOfMaps<K, L, V> map, K first) {
  uint64_t at = findKey(map.keys, first);
  if (at == map.keys.size || !map.values.present(at)) return {};
  return map.values.data[at].values;
}

// In Alibaba's FG the key "ALL" stands for every key; here it is a key as any other.
std::optional<Suspicion> suspectMatch(std::span<const KnownArgument> arguments) {
  constexpr uint32_t kFirst = 1;
  constexpr uint32_t kSecond = 2;
  auto isAll = [&](uint32_t param) {
    return arguments[param].value.isString() && arguments[param].value.asString() == "ALL";
  };
  if (!isAll(kFirst) && !isAll(kSecond)) return std::nullopt;
  Suspicion s{isAll(kFirst) ? kFirst : kSecond,
              "\"ALL\" is looked up as a key of that name, it does not stand for all keys"};
  if (isAll(kFirst) && isAll(kSecond)) return s;
  s.instead = isAll(kFirst) ? "match_all_first($0, $2)" : "match_all_second($0, $1)";
  s.notes.emplace_back(std::string(s.instead.substr(0, s.instead.find('('))) + " takes them all and gives a list");
  s.notes.emplace_back("where the map has a key \"ALL\": lookup(lookup(map, first), second)");
  return s;
}

template <class F>
void forEachMapOfMaps(F&& f) {
  forEachMap([&]<class L, class V>() {
    f.template operator()<int64_t, L, V>();
    f.template operator()<Str, L, V>();
  });
}

}  // namespace

void registerMatch(Registry& r) {
  r.group("Maps");
  auto matchOp =
      r.add("match", {value("map"), value("first"), value("second"), optionalValue("default")},
            "The value under two keys of a map of maps, or the default where one is absent, else missing. Under all "
            "first or all second keys: `match_all_first`, `match_all_second`.")
          .warnIf(suspectMatch)
          .reportIfOdd(oddMatch)
          .foreignNames({"match_feature"}, "of a map of maps; `parse_nested_map(s)` makes one of a text")
          .example(R"(match({"rome": {"pizza": 3, "sushi": 1}}, "rome", "pizza"))", "3")
          .example(R"(match({"rome": {"pizza": 3}}, "rome", "ramen", default = 0))", "0")
          .example(R"(match({"rome": {"pizza": 3, "sushi": 1}}, "rome", ["sushi", "ramen"]))", "[1, missing]");
  auto allFirstOp =
      r.add("match_all_first", {value("map"), value("second")},
            "`match` by the second key under all first keys: the values found, in the order of the first keys.")
          .example(R"(match_all_first({"rome": {"pizza": 3}, "oslo": {"pizza": 1, "fish": 2}}, "pizza"))", "[1, 3]")
          .example(R"(match_all_first({"rome": {"pizza": 3}}, "ramen"))", "[]");
  auto allSecondOp =
      r.add("match_all_second", {value("map"), value("first")},
            "`match` by the first key under all second keys: the values, in the order of the second keys.")
          .example(R"(match_all_second({"rome": {"sushi": 1, "pizza": 3}}, "rome"))", "[3, 1]")
          .example(R"(match_all_second({"rome": {"pizza": 3}}, "oslo"))", "[]")
          .reportIfOdd(oddLookup);
  forEachMapOfMaps([&]<class K, class L, class V>() {
    matchOp.template add<match<K, L, V>>();
    allFirstOp.template add<matchAllFirst<K, L, V>>().notLifted();
    allSecondOp.template add<matchAllSecond<K, L, V>>().notLifted();
  });
}

}  // namespace featc
