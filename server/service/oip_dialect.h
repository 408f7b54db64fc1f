// SPDX-License-Identifier: Apache-2.0
// Requests and answers of the Open Inference Protocol v2.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/live_version.h"
#include "server/service/dialect.h"

namespace featc {

// `call` outlives the dialect; the first `jsonBytes` of the body are JSON, SIZE_MAX: all of it.
std::unique_ptr<Dialect> newOipDialect(const LiveCall& call, size_t jsonBytes);

}  // namespace featc
