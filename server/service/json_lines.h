// SPDX-License-Identifier: Apache-2.0
// Requests as `featc run` reads them, JSON lines; answers as it writes them, JSON lines or a tensor sequence.
#pragma once

#include <memory>

#include "server/service/accept.h"
#include "server/service/dialect.h"
#include "server/service/version_parts.h"

namespace featc {

// `call` is the request's hold on its version, with a RequestMemory; it outlives the dialect.
std::unique_ptr<Dialect> newJsonLines(const LiveCall& call, AnswerFormat format);

// The sources whose reads failed, came late or did not parse.
std::vector<std::string> degradedSources(const Result& result, const ProgramInfo& info);

}  // namespace featc
