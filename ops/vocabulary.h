// SPDX-License-Identifier: Apache-2.0
// What `vocab` makes of its list or map: a table from value to number.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "ops/hash.h"
#include "ops/operator.h"

namespace featc {

struct VocabularyHash {
  using is_transparent = void;
  size_t operator()(std::string_view s) const { return hashBytes(HashFamily::Xxh3, s); }
  size_t operator()(int64_t x) const { return combineHashes(0, static_cast<uint64_t>(x)); }
};

// `K` is the cell of the value looked up, `N` its number's.
template <class K, class N>
struct Vocabulary : OpState {
  using Key = std::conditional_t<std::is_same_v<K, Str>, std::string, int64_t>;
  std::unordered_map<Key, N, VocabularyHash, std::equal_to<>> table;
  Maybe<N> outOfVocabulary;

  const N* find(K x) const {
    auto it = [&] {
      if constexpr (std::is_same_v<K, Str>)
        return table.find(x.view());
      else
        return table.find(x);
    }();
    return it == table.end() ? nullptr : &it->second;
  }
};

// Constants: a list of words or a map to numbers, and the number of what is in neither.
Prepared prepareVocabulary(std::span<const Value> constants, std::span<const Type> types);

}  // namespace featc
