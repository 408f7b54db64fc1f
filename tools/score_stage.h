// SPDX-License-Identifier: Apache-2.0
// The stage of featc score: features become scores.
#pragma once

#include <memory>
#include <string>

#include "server/model/model_scorer.h"
#include "tools/run_stage.h"
#include "tools/score_writer.h"

namespace featc {

// `identity` tells the version from others.
std::unique_ptr<RunStage> scoreStage(std::shared_ptr<const ModelScorer> scorer, std::unique_ptr<ScoreWriter> writer,
                                     std::string identity);

}  // namespace featc
