// SPDX-License-Identifier: Apache-2.0
#include "tests/random/random_scope.h"

#include <fmt/format.h>

#include <algorithm>

namespace featc {

bool RandomScope::may(Feature feature, unsigned percent) { return choice.has(feature) && rng.chance(percent); }

Type RandomScope::scalarType() {
  static const std::vector<Type> kTypes = {Type::int64(), Type::float64(), Type::string(), Type::boolean()};
  return kTypes[std::min<uint64_t>(rng.below(7) / 2, 3)];
}
Type RandomScope::mapType() { return Type::map(rng.chance(50) ? Type::string() : Type::int64(), scalarType()); }
Type RandomScope::nestedType() {
  Type inner = rng.chance(60) ? Type::list(scalarType()) : mapType();
  return rng.chance(60) ? Type::list(inner) : Type::map(rng.chance(50) ? Type::string() : Type::int64(), inner);
}
Type RandomScope::inputType() {
  uint64_t kind = rng.below(choice.has(Feature::Nested) ? 14 : 12);
  Type t = kind < 7 ? scalarType() : kind < 11 ? Type::list(scalarType()) : kind < 12 ? mapType() : nestedType();
  return t.withNullable(rng.chance(50));
}
Type RandomScope::memberType(int lists) {
  for (;;)
    if (Type t = inputType().present(); nestingDepth(t) + lists <= kMaxFieldNesting) return t;
}
Type RandomScope::letType() {
  return mayBeWeighted() && rng.chance(5) ? Type::weighted(scalarType()) : inputType().present();
}
bool RandomScope::mayBeWeighted() const { return choice.mayCall("weighted"); }

RandomScope::Named RandomScope::newField(Type type) {
  RandomField f{rng.chance(40) ? Scope::Request : Scope::Item, fmt::format("f{}", program.fields.size()), type, {}};
  program.fields.push_back(f);
  names.push_back({f.name, type});
  return names.back();
}

}  // namespace featc
