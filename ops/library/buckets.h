// SPDX-License-Identifier: Apache-2.0
// The number of buckets that a hash is taken modulo.
#pragma once

#include "ops/operator.h"

namespace featc {

struct BucketCount : OpState {
  uint64_t buckets = 1;
};

// Of an operator whose only constant, its second parameter, is the number of buckets.
inline Prepared prepareBuckets(std::span<const Value> constants, std::span<const Type>) {
  if (constants[0].isMissing() || constants[0].asInt() <= 0)
    return {nullptr, PrepareError{1, "the number of buckets must be greater than 0, not " + toString(constants[0])}};
  auto state = std::make_shared<BucketCount>();
  state->buckets = static_cast<uint64_t>(constants[0].asInt());
  return {state, std::nullopt};
}

}  // namespace featc
