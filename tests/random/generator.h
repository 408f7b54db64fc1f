// SPDX-License-Identifier: Apache-2.0
// Makes random well-typed configs out of the operator records.
#pragma once

#include <map>
#include <string>

#include "tests/random/choice.h"
#include "tests/random/program.h"
#include "tests/random/rng.h"

namespace featc {

// How often each operator was generated; shared by all programs of a run.
using OperatorUse = std::map<std::string, uint64_t, std::less<>>;

// A program of a version of the meaning. A process has one `choice`.
RandomProgram randomProgram(Rng& rng, uint32_t semantics, const Choice& choice, OperatorUse& use);

}  // namespace featc
