// SPDX-License-Identifier: Apache-2.0
// Operators on maps: making them, looking keys up, their keys and values.
#include <algorithm>
#include <array>
#include <cmath>

#include "ops/groups.h"
#include "ops/library/few_keys.h"
#include "ops/library/key_index.h"
#include "ops/library/map_lookup.h"
#include "ops/library/map_oddity.h"
#include "ops/library/minmax.h"
#include "ops/operator.h"
#include "ops/scratch.h"
#include "values/cell_types.h"
#include "values/hash_value.h"

namespace featc {

namespace {

template <class K, class V>
Maybe<V> lookup(Map<K, V> map, K key, Maybe<V> absent) {
  return lookupKey(map, key, absent);
}
// The same over columns: a map that serves many rows is indexed.
template <class K, class V>
struct LookupColumns {
  static constexpr bool kReadsTexts = true;
  static void kernel(Context&, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    if constexpr (!std::is_same_v<V, bool>)
      if (inOneMap(args, out, n)) return;
    detail::RowWriter<V> writer(out);
    forMapRuns<K, V>(args[0], n, [&](uint32_t begin, uint32_t end, const Map<K, V>& map, auto&& find) {
      const bool present = args[0].present(begin);
      for (uint32_t row = begin; row < end; ++row) {
        uint64_t at = find(args[1].get<K>(row));
        auto found = at == kNoKey ? Maybe<V>(args[2].get<V>(row), args[2].present(row)) : valueAt(map, at);
        writer.put(row, found.value, found.present && present && args[1].present(row));
      }
    });
    writer.finish(n);
  }

 private:
  // One small map and one default for all rows.
  static bool inOneMap(const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    const ColumnRef& values = args[1];
    if (n < 8 || !args[0].uniform || !args[2].uniform || !args[0].present(0) || !FewKeys<K>::takes(values))
      return false;
    const auto map = args[0].get<Map<K, V>>(0);
    const FewKeys<K> keys(map.keys);
    if (!keys.usable()) return false;
    // What to give for each place, that of no key first.
    std::array<V, FewKeys<K>::kMost + 1> given;
    unsigned givenPresent = args[2].present(0) ? 1 : 0;
    given[0] = args[2].get<V>(0);
    for (uint64_t k = 0; k < map.keys.size; ++k) {
      given[k + 1] = map.values.data[k];
      givenPresent |= (map.values.present(k) ? 2U : 0U) << k;
    }
    auto* cells = static_cast<V*>(out.data);
    typename FewKeys<K>::Places places;
    for (uint32_t begin = 0; begin < n; begin += FewKeys<K>::kRows) {
      const uint32_t rows = std::min(FewKeys<K>::kRows, n - begin);
      keys.find(values, begin, rows, n, places);
      for (uint32_t group = 0; group < rows; group += 8) {
        const uint32_t size = std::min(8U, rows - group);
        unsigned asked = 0xFFU >> (8 - size);
        if (values.valid != nullptr) asked &= values.valid[(begin + group) / 8];
        unsigned present = 0;
        for (uint32_t k = 0; k < size; ++k) {
          const auto at = static_cast<size_t>(places[group + k] + 1);
          const unsigned is = asked >> k & givenPresent >> at & 1U;
          cells[begin + group + k] = is != 0 ? given[at] : V{};
          present |= is << k;
        }
        if (out.valid != nullptr) out.valid[(begin + group) / 8] = static_cast<uint8_t>(present);
      }
    }
    return true;
  }
};

enum class Combiner { Sum, Mean, Min, Max, Count, GapMin, GapMax };
constexpr std::string_view kCombinerNames[] = {"sum", "mean", "min", "max", "count", "gap_min", "gap_max"};

struct LookupState : OpState {
  Combiner combiner = Combiner::Sum;
};

Prepared prepareLookup(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<LookupState>();
  if (constants.empty() || constants[0].isMissing()) return {state, std::nullopt};
  const auto* name = std::find(std::begin(kCombinerNames), std::end(kCombinerNames), constants[0].asString());
  if (name == std::end(kCombinerNames))
    return {nullptr, PrepareError{3, "there is no combiner " + toString(constants[0]) +
                                         "; there are sum, mean, min, max, count, gap_min, gap_max"}};
  state->combiner = static_cast<Combiner>(name - kCombinerNames);
  return {state, std::nullopt};
}

// The smallest or largest distance between neighbours among the finite values found, in ascending order. `valueOf(key)`
// may be missing.
template <class K, class ValueOf>
Maybe<double> gapOfFound(Context& context, bool largest, List<K> keys, const ValueOf& valueOf) {
  RowScratch scratch(context);
  auto* values = scratch.allocate<double>(keys.size);
  if (values == nullptr) return {};
  uint64_t n = 0;
  for (uint64_t i = 0; i < keys.size; ++i) {
    if (!keys.present(i)) continue;
    auto found = valueOf(keys.data[i]);
    auto x = static_cast<double>(found.value);
    if (found.present && std::isfinite(x)) values[n++] = x;
  }
  std::sort(values, values + n);
  Maybe<double> gap;
  for (uint64_t i = 1; i < n; ++i) {
    double d = values[i] - values[i - 1];
    if (!gap.present || (largest ? d > gap.value : d < gap.value)) gap = d;
  }
  return gap;
}

// The values of present keys, combined left to right as the reductions of lists do.
template <class K, class ValueOf>
Maybe<double> combined(Context& context, Combiner combiner, List<K> keys, const ValueOf& valueOf) {
  if (combiner == Combiner::GapMin || combiner == Combiner::GapMax)
    return gapOfFound(context, combiner == Combiner::GapMax, keys, valueOf);
  Maybe<double> acc;
  uint64_t n = 0;
  uint64_t finite = 0;
  for (uint64_t i = 0; i < keys.size; ++i) {
    if (!keys.present(i)) continue;
    auto found = valueOf(keys.data[i]);
    if (!found.present) continue;
    auto x = static_cast<double>(found.value);
    ++n;
    finite += std::isfinite(x) ? 1 : 0;
    if (!acc.present) {
      acc = x;
    } else {
      switch (combiner) {
        case Combiner::Min: acc = minOf(acc.value, x); break;
        case Combiner::Max: acc = maxOf(acc.value, x); break;
        default: acc = acc.value + x; break;
      }
    }
  }
  switch (combiner) {
    case Combiner::Sum: return acc.value;
    case Combiner::Count: return static_cast<double>(finite);
    case Combiner::Mean: return {n == 0 ? 0.0 : acc.value / static_cast<double>(n), n != 0};
    default: break;
  }
  return acc;
}

template <class K, class V>
Maybe<double> lookupCombined(Context& context, const LookupState& state, Map<K, V> map, List<K> keys, Maybe<V> absent) {
  return combined(context, state.combiner, keys, [&](const K& key) { return lookup(map, key, absent); });
}
template <class K, class V>
struct LookupCombinedColumns {
  static void kernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    const Combiner combiner = static_cast<const LookupState&>(*context.state).combiner;
    detail::RowWriter<double> writer(out);
    detail::Meter meter(context);
    forMapRuns<K, V>(args[0], n, [&](uint32_t begin, uint32_t end, const Map<K, V>& map, auto&& find) {
      const bool present = args[0].present(begin);
      for (uint32_t row = begin; row < end; ++row) {
        context.row = row;
        Maybe<double> result;
        const auto keys = args[1].get<List<K>>(row);
        if (present && args[1].present(row) && meter.passes(keys)) {
          const Maybe<V> absent(args[2].get<V>(row), args[2].present(row));
          result = combined(context, combiner, keys, [&](const K& key) {
            uint64_t at = find(key);
            return at == kNoKey ? absent : valueAt(map, at);
          });
        }
        writer.put(row, result.value, result.present);
      }
    });
    writer.finish(n);
  }
};

// The key's hash joined with its value's, as cross(key, value) joins them.
template <class K, class V>
Maybe<int64_t> idOfFound(HashFamily family, const K& key, const Maybe<V>& found) {
  if (!found.present) return {};
  if constexpr (std::is_same_v<V, double>)
    if (!std::isfinite(found.value)) return {};
  return static_cast<int64_t>(combineHashes(hashValue(family, key), hashValue(family, found.value)));
}
template <class K, class V>
Maybe<int64_t> lookupId(Context& context, Map<K, V> map, K key) {
  return idOfFound(context.hashFamily, key, lookup(map, key, Maybe<V>()));
}
template <class K, class V>
struct LookupIdColumns {
  static constexpr bool kReadsTexts = true;
  static void kernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    detail::RowWriter<int64_t> writer(out);
    forMapRuns<K, V>(args[0], n, [&](uint32_t begin, uint32_t end, const Map<K, V>& map, auto&& find) {
      const bool present = args[0].present(begin);
      for (uint32_t row = begin; row < end; ++row) {
        const K key = args[1].get<K>(row);
        uint64_t at = present && args[1].present(row) ? find(key) : kNoKey;
        auto id = at == kNoKey ? Maybe<int64_t>() : idOfFound(context.hashFamily, key, valueAt(map, at));
        writer.put(row, id.value, id.present);
      }
    });
    writer.finish(n);
  }
};

template <class K, class V>
List<K> mapKeys(Map<K, V> map) {
  return map.keys;
}
template <class K, class V>
List<V> mapValues(Map<K, V> map) {
  return map.values;
}

// A map literal whose entries are not all constant: keys and values in turn. An entry without a key
// is left out; of repeated keys the last wins.
template <class K, class V>
Map<K, V> makeMapRow(Context& context, const ColumnRef* args, uint32_t row) {
  struct Entry {
    K key;
    uint32_t at;
  };
  std::array<Entry, kMaxArguments / 2> entries;
  size_t count = 0;
  for (uint32_t i = 0; i + 1 < context.argCount; i += 2)
    if (args[i].present(row)) entries[count++] = {args[i].get<K>(row), i + 1};
  auto* end = entries.data() + count;
  std::sort(entries.data(), end,
            [](const Entry& a, const Entry& b) { return a.key < b.key || (a.key == b.key && a.at < b.at); });

  auto* keys = context.newList<K>(count);
  auto* values = keys == nullptr ? nullptr : context.newList<V>(count);
  auto* valid = values == nullptr ? nullptr : context.newList<uint8_t>(count);
  if (valid == nullptr) return {};
  uint64_t size = 0;
  for (const Entry* e = entries.data(); e != end; ++e) {
    if (size > 0 && keys[size - 1] == e->key) --size;
    bool present = args[e->at].present(row);
    keys[size] = e->key;
    values[size] = present ? args[e->at].template get<V>(row) : V{};
    valid[size] = present ? 1 : 0;
    ++size;
  }
  return {{keys, nullptr, size}, {values, valid, size}};
}

template <class K, class V>
void makeMapKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  detail::RowWriter<Map<K, V>> writer(out);
  for (uint32_t row = 0; row < n; ++row) {
    context.row = row;
    writer.put(row, makeMapRow<K, V>(context, args, row), true);
  }
  writer.finish(n);
}

template <class K, class V>
Overload makeMapOverload(Type value) {
  Overload o;
  o.params = {cellType<K>(), value};
  o.strict = {false, false};
  o.variadic = true;
  o.alternates = true;
  o.nested = !value.isScalar();
  o.result = Type::map(cellType<K>(), value);
  o.kernel = &makeMapKernel<K, V>;
  return o;
}

}  // namespace

void registerMaps(Registry& r) {
  r.group("Maps");
  auto lookupOp = r.add("lookup", {value("map"), value("key"), optionalValue("default"), optionalConstant("combiner")},
                        "The value under the key, or the default, else missing. For a list of keys a list, or with a "
                        "combiner one float: `sum mean min max count`, `gap_min gap_max` between sorted values.")
                      .foreignNames({"get", "map_get", "get_or_default", "lookup_feature"})
                      .foreignNames({"element_at"}, "of a map; of a list it is `list[i]`, from 0")
                      .example(R"(lookup({"a": 1, "b": 2}, "b"))", "2")
                      .example(R"(lookup({"a": 1}, "z", default = 0))", "0")
                      .example(R"(lookup({"a": 1, "b": 2}, ["b", "z"]))", "[2, missing]")
                      .example(R"(lookup({"a": 1, "b": 2}, ["a", "b", "z"], combiner = "mean"))", "1.5")
                      .example(R"(lookup({"a": 1, "b": 9, "c": 4}, ["a", "b", "c"], combiner = "gap_max"))", "5")
                      .prepare(prepareLookup)
                      .reportIfOdd(oddLookup);
  auto idOp = r.add("lookup_id", {value("map"), value("key")},
                    "One id for the key and its value together, `cross(key, value)`; missing where the key is absent.")
                  .example(R"(lookup_id({"a": 1}, "a") == cross("a", 1))", "true")
                  .example(R"(lookup_id({"a": 1}, "z"))", "missing")
                  .reportIfOdd(oddLookup)
                  .givesHash();
  auto keysOp = r.add("map_keys", {value("map")}, "The keys of a map, ascending.")
                    .foreignNames({"keys"})
                    .example(R"(map_keys({"b": 1, "a": 2}))", R"(["a", "b"])");
  auto valuesOp = r.add("map_values", {value("map")}, "The values of a map, in the order of their keys.")
                      .foreignNames({"values"})
                      .example(R"(map_values({"b": 1, "a": 2}))", "[2, 1]");
  auto makeMapOp = r.add("make_map", {value("key"), value("value")},
                         "A map of its arguments, keys and values in turn; an entry without a key is left out.")
                       .written("{...}")
                       .foreignNames({"dict", "map"}, "written `{key: value}`")
                       .example(R"({"a": 1 + 1, "b": 1 % 0})", R"({"a": 2, "b": missing})");
  forEachMap([&]<class K, class V>() {
    lookupOp.template add<lookup<K, V>>().template columnKernels<LookupColumns<K, V>>();
    if constexpr (std::is_same_v<V, int64_t> || std::is_same_v<V, double>)
      lookupOp.template add<lookupCombined<K, V>>({Type::string()})
          .notLifted()
          .onlyWith("combiner")
          .template columnKernels<LookupCombinedColumns<K, V>>();
    idOp.template add<lookupId<K, V>>().template columnKernels<LookupIdColumns<K, V>>();
    keysOp.template add<mapKeys<K, V>>();
    valuesOp.template add<mapValues<K, V>>();
    makeMapOp.addCustom(makeMapOverload<K, V>(cellType<V>()));
  });
  forEachInnerType([&]<class V>(Type inner) {
    auto addFor = [&]<class K>() {
      Type key = cellType<K>();
      Type map = Type::map(key, inner);
      lookupOp.template addNested<lookup<K, V>>({map, key, inner}, inner).template columnKernels<LookupColumns<K, V>>();
      keysOp.template addNested<mapKeys<K, V>>({map}, Type::list(key));
      valuesOp.template addNested<mapValues<K, V>>({map}, Type::list(inner));
      makeMapOp.addCustom(makeMapOverload<K, V>(inner));
    };
    addFor.template operator()<int64_t>();
    addFor.template operator()<Str>();
  });
}

}  // namespace featc
