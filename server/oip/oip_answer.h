// SPDX-License-Identifier: Apache-2.0
// A result as the answer of the Open Inference Protocol v2, and its text for HTTP; for gRPC: oip_messages.h.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/program_info.h"
#include "runtime/result.h"
#include "server/oip/oip_problems.h"
#include "server/oip/oip_request.h"
#include "server/oip/oip_schema.h"

namespace featc {

// A column of scores: `width` numbers an item, of one of the two types.
struct OipColumn {
  std::string name;
  int64_t width = 1;
  std::span<const float> floats;
  std::span<const int64_t> ints;  // if `areInts`
  bool areInts = false;
};

// What an answer says beside its tensors.
struct OipAnswerHead {
  std::string_view model;
  std::string_view version;
  std::vector<std::pair<std::string_view, std::string>> parameters;
};

// A tensor of an answer.
struct OipAnswerTensor {
  std::string name;
  OipType type = OipType::Fp32;
  std::vector<int64_t> shape;
  std::string_view bytes;  // the values as they stand in memory, one behind another; borrowed from the result
  bool isBinary = false;   // the request wants them as bytes
};

struct OipAnswer {
  OipAnswerHead head;
  std::string_view id;  // of the request
  std::vector<OipAnswerTensor> tensors;
  std::vector<int32_t> status;  // a tensor that the result does not have as such
};

// Adds the wanted outputs that are none of `outputs`.
void checkOipOutputs(const std::vector<OipTensorInfo>& outputs, const OipRequest& request, OipProblems& problems);

// All outputs, or those that the request wants, each with its offsets and weights; `status` tells of each item whether
// it was computed: 0, or the number of a row status. Borrows from the result, the request and the head.
OipAnswer oipAnswer(const ProgramInfo& info, const OipRequest& request, const Result& result, OipAnswerHead head);
// The same of scores.
OipAnswer oipAnswer(const OipRequest& request, std::span<const OipColumn> columns, std::vector<int32_t> status,
                    OipAnswerHead head);

// The body of an answer over HTTP.
struct OipBody {
  std::string text;
  size_t jsonBytes = 0;  // the rest is binary data
};
OipBody oipBody(const OipAnswer& answer);

}  // namespace featc
