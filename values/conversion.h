// SPDX-License-Identifier: Apache-2.0
// The one conversion that happens by itself: integers where floats are wanted.
#pragma once

#include "values/type.h"

namespace featc {

// Of a single value, and of the elements of a list.
constexpr bool convertsToFloat(Type given, Type wanted) {
  if (given.isList() && wanted.isList()) return given.element().is(Kind::Int64) && wanted.element().is(Kind::Float64);
  return given.is(Kind::Int64) && wanted.is(Kind::Float64);
}

}  // namespace featc
