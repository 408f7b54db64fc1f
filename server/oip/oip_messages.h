// SPDX-License-Identifier: Apache-2.0
// The messages of the Open Inference Protocol v2 over gRPC, as open_inference.proto has them: read into the same
// requests and written from the same answers as those over HTTP.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/oip/oip_answer.h"
#include "server/oip/oip_request.h"
#include "server/oip/oip_schema.h"

namespace featc {

// Of a ModelInferRequest, ModelReadyRequest or ModelMetadataRequest: the model, and its version where the caller asks
// for one. Borrows from the message. Empty, or what is wrong.
std::string readOipModelName(std::string_view message, std::string_view& name, std::string_view& version);

// Reads a ModelInferRequest. Outputs are raw if the inputs are and no parameter says otherwise. Empty, or what is
// wrong.
std::string parseOipMessage(std::string_view message, OipRequest& out);

// A ModelInferResponse; `raw`: with raw_output_contents, else with values by their type.
std::string oipMessage(const OipAnswer& answer, bool raw);

// A ServerLiveResponse, ServerReadyResponse or ModelReadyResponse.
std::string oipFlagMessage(bool flag);
// A ServerMetadataResponse.
std::string oipServerMessage(std::string_view version);
// A ModelMetadataResponse.
std::string oipMetadataMessage(const OipSchema& schema, const std::vector<OipTensorInfo>& outputs,
                               std::string_view name, std::string_view version);

// grpc.health.v1: whose health a HealthCheckRequest asks about, empty: the server's; false: the message is damaged. And
// a HealthCheckResponse.
bool readHealthCheck(std::string_view message, std::string_view& name);
std::string healthMessage(bool serves);

}  // namespace featc
