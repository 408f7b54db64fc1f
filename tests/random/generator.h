// SPDX-License-Identifier: Apache-2.0
// Makes random well-typed configs out of the operator records.
#pragma once

#include "tests/random/choice.h"
#include "tests/random/program.h"
#include "tests/random/rng.h"

namespace featc {

// A program of a version of the meaning. A process has one `choice`.
RandomProgram randomProgram(Rng& rng, uint32_t semantics, const Choice& choice, OperatorUse& use);

}  // namespace featc
