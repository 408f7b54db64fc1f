// SPDX-License-Identifier: Apache-2.0
// An inference request of the Open Inference Protocol v2, and how it is read from HTTP: JSON, with tensors in it or, by
// the binary-data extension, behind it. From gRPC: oip_messages.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/oip/oip_tensor.h"

namespace featc {

// An output that the caller asks for.
struct OipWanted {
  std::string name;
  std::optional<bool> binary;  // empty: as `binaryOutputs` says
};

struct OipRequest {
  std::string id;
  std::optional<int64_t> timeout;  // microseconds
  bool binaryOutputs = false;
  std::vector<OipTensor> inputs;
  std::vector<OipWanted> outputs;  // empty: all
};

// What a parameter may be; the first: something else.
using OipParameter = std::variant<std::monostate, bool, int64_t>;

// Takes a parameter of the request; those of other names mean nothing here. Empty, or what is wrong.
std::string setOipParameter(std::string_view name, const OipParameter& value, OipRequest& request);

// Reads a body whose first `jsonBytes` are the JSON; without binary data that is all of it. Empty, or what is wrong.
std::string parseOipRequest(std::string_view body, size_t jsonBytes, OipRequest& out);

}  // namespace featc
