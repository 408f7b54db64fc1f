// SPDX-License-Identifier: Apache-2.0
// Requests and answers of the Open Inference Protocol v2.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/live_version.h"
#include "server/model/model_scorer.h"
#include "server/oip/oip_schema.h"
#include "server/service/dialect.h"

namespace featc {

// Over HTTP. `call` outlives the dialect; the first `jsonBytes` of the body are JSON, SIZE_MAX: all of it.
std::unique_ptr<Dialect> newOipDialect(const LiveCall& call, size_t jsonBytes);
// Over gRPC: the body is a ModelInferRequest, the answer's a ModelInferResponse. `call` outlives the dialect.
std::unique_ptr<Dialect> newOipGrpcDialect(const LiveCall& call);

// The tensors of an answer: features, or what the network gives.
std::vector<OipTensorInfo> oipOutputsOf(const ProgramInfo& info, const ModelScorer* scorer);

}  // namespace featc
