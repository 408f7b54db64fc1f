// SPDX-License-Identifier: Apache-2.0
// Finding a key in a map.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "values/cell.h"

namespace featc {

// Where `key` is among ascending keys; their number where it is not.
template <class K>
uint64_t findKey(const List<K>& keys, const K& key) {
  const K* end = keys.data + keys.size;
  const K* found = keys.data;
  // Few strings are told apart by their sizes faster than by halving.
  constexpr uint64_t kFew = 16;
  if (std::is_same_v<K, Str> && keys.size <= kFew) {
    found = std::find(found, end, key);
  } else {
    found = std::lower_bound(found, end, key);
    if (found != end && *found != key) found = end;
  }
  return static_cast<uint64_t>(found - keys.data);
}

// The value at a place among the map's, which may be missing.
template <class K, class V>
Maybe<V> valueAt(const Map<K, V>& map, uint64_t at) {
  return map.values.present(at) ? Maybe<V>(map.values.data[at]) : Maybe<V>();
}

// The value under the key, which may be missing, or `absent` where the key is not there.
template <class K, class V>
Maybe<V> lookupKey(const Map<K, V>& map, const K& key, const Maybe<V>& absent) {
  uint64_t at = findKey(map.keys, key);
  return at == map.keys.size ? absent : valueAt(map, at);
}

}  // namespace featc
