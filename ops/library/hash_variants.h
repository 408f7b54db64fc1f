// SPDX-License-Identifier: Apache-2.0
// The hash of a value by a family and seed of one's own, which `hash` takes beside the config's.
#pragma once

#include "ops/operator.h"

namespace featc {

// Adds the overloads with `family` and `seed` to the record of `hash`, and its prepare.
void addHashVariants(OperatorBuilder& hash);

}  // namespace featc
