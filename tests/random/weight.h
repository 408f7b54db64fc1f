// SPDX-License-Identifier: Apache-2.0
// Programs that make very much of their data get less of it, so that no check takes minutes.
#pragma once

#include "runtime/calls/extractor.h"
#include "tests/common/engines.h"
#include "tests/random/data.h"

namespace featc {

// The data, or a first part of it: as many requests, or else items of the only one, as the engine computes within
// bounds of bytes. They are counted, not timed, so that a seed means the same on every machine.
RandomData lightEnough(const RandomData& data, const TestedEngine& engine, const StoreBinding& stores);

}  // namespace featc
