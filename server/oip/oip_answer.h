// SPDX-License-Identifier: Apache-2.0
// A result as the answer of the Open Inference Protocol v2.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "runtime/program_info.h"
#include "runtime/result.h"
#include "server/oip/oip_request.h"

namespace featc {

struct OipAnswer {
  std::string body;
  size_t jsonBytes = 0;  // of the body; the rest is binary data
};

// Empty, or which wanted output does not exist.
std::string checkOipOutputs(const ProgramInfo& info, const OipRequest& request);

// All outputs, or those that the request wants, each with its offsets and weights; `status` tells of each item whether
// it was computed: 0, or the number of a row status.
OipAnswer oipAnswer(const ProgramInfo& info, const OipRequest& request, const Result& result, std::string_view name,
                    uint64_t version, std::string_view fingerprint);

}  // namespace featc
