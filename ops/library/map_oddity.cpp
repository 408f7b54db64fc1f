// SPDX-License-Identifier: Apache-2.0
// Looks keys up as the operators on maps do.
#include "ops/library/map_oddity.h"

#include <algorithm>

namespace featc {
namespace {

constexpr Oddity kNoKey{"finds none of its keys in the map"};

// Null where the map does not have the key.
const Value* found(const Value& map, const Value& key) {
  if (key.isMissing()) return nullptr;
  const Value::Entries& entries = map.asMap();
  auto less = [](const auto& entry, const Value& k) {
    return k.isInt() ? entry.first.asInt() < k.asInt() : entry.first.asString() < k.asString();
  };
  auto at = std::lower_bound(entries.begin(), entries.end(), key, less);
  return at != entries.end() && at->first == key ? &at->second : nullptr;
}

}  // namespace

Oddity oddLookup(std::span<const Value> arguments, const Value&) {
  auto isThere = [&](const Value& key) { return found(arguments[0], key) != nullptr; };
  const Value& key = arguments[1];
  return (key.isList() ? std::ranges::any_of(key.asList(), isThere) : isThere(key)) ? Oddity{} : kNoKey;
}

Oddity oddMatch(std::span<const Value> arguments, const Value&) {
  const Value* inner = found(arguments[0], arguments[1]);
  return inner != nullptr && inner->isMap() && found(*inner, arguments[2]) != nullptr ? Oddity{} : kNoKey;
}

}  // namespace featc
