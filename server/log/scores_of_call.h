// SPDX-License-Identifier: Apache-2.0
// What a network computed, as a log has it.
#pragma once

#include <cstddef>

#include "data/log/call_scores.h"
#include "server/model/model_scorer.h"

namespace featc {

// Borrows from `scores`.
CallScores scoresOfCall(const Scores& scores);
// Those of `count` items from number `first` on, which a joined inference computed with others.
Scores copyScores(const Scores& scores, size_t first, size_t count);

}  // namespace featc
