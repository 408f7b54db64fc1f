// SPDX-License-Identifier: Apache-2.0
// Limits, budgets and joined requests: what a random program must be under each of them.
#pragma once

#include <optional>
#include <string>

#include "runtime/calls/extractor.h"
#include "tests/common/engines.h"
#include "tests/random/checker.h"

namespace featc {

// `whole` is what the engine makes of the batch without limits. What is wrong; nothing where all is as it must be: a
// call is an error of the kind that its limit stands for, without a result, or it is what it always is.
std::optional<std::string> checkLimits(const TestedEngine& engine, const RandomCase& c, const StoreBinding& stores,
                                       const BoundBatch& batch, const Result& whole);

// Requests joined by the SEDA executor under limits: each is what it is alone, an error where it is one alone.
std::optional<std::string> checkLimitsJoined(const TestedEngine& engine, const RandomCase& c,
                                             const StoreBinding& stores);

}  // namespace featc
