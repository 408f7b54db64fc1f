// SPDX-License-Identifier: Apache-2.0
// The methods of the Open Inference Protocol v2 over gRPC, and of gRPC's own health service.
#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "server/oip/oip_messages.h"
#include "server/service/oip_dialect.h"
#include "server/service/service.h"
#include "server/service/version_parts.h"

namespace featc {

namespace {

constexpr std::string_view kInference = "/inference.GRPCInferenceService/";
constexpr std::string_view kHealth = "/grpc.health.v1.Health/Check";

HttpResponse message(std::string bytes) {
  HttpResponse response;
  response.contentType = "application/grpc";
  response.body = std::move(bytes);
  return response;
}

}  // namespace

void Service::handleGrpc(const std::shared_ptr<HttpExchange>& exchange) {
  const HttpRequest& request = exchange->request();
  std::string_view method = request.path;
  auto answer = [&](HttpResponse response) { exchange->answer(std::move(response)); };

  if (method == kHealth) {
    std::string_view name;
    if (!readHealthCheck(request.body, name)) return answer(httpError(400, "the message is not a HealthCheckRequest"));
    if (name.empty()) return answer(message(healthMessage(featc::isReady(configs_, phase_))));
    OipModel model;
    if (auto refusal = findModel(name, {}, model)) return answer(std::move(*refusal));
    return answer(message(healthMessage(isReady(model))));
  }
  const bool isInference = method.starts_with(kInference);
  if (isInference) method.remove_prefix(kInference.size());
  if (isInference && method == "ServerLive") return answer(message(oipFlagMessage(true)));
  if (isInference && method == "ServerReady") return answer(message(oipFlagMessage(featc::isReady(configs_, phase_))));
  if (isInference && method == "ServerMetadata") return answer(message(oipServerMessage(version_)));
  const bool ofModel = method == "ModelReady" || method == "ModelMetadata" || method == "ModelInfer";
  if (!isInference || !ofModel)
    return answer(httpError(501, fmt::format("unknown method {}: this server has ModelInfer, ModelMetadata, "
                                             "ModelReady, ServerMetadata, ServerReady and ServerLive of "
                                             "inference.GRPCInferenceService, and Check of grpc.health.v1.Health",
                                             request.path)));

  std::string_view name;
  std::string_view version;
  if (std::string problem = readOipModelName(request.body, name, version); !problem.empty())
    return answer(httpError(400, problem));
  OipModel model;
  if (auto refusal = findModel(name, version, model)) return answer(std::move(*refusal));
  if (method == "ModelInfer")
    return stages_.admit(exchange, model.name, std::move(model.config),
                         [](const LiveCall& call, const HttpRequest& /*request*/, std::optional<Refusal>& /*refusal*/) {
                           return newOipGrpcDialect(call);
                         });
  if (method == "ModelReady") return answer(message(oipFlagMessage(isReady(model))));
  if (model.version == nullptr) return answer(notLoaded(model.name));
  const auto& of = model.version->shared<VersionParts>();
  answer(message(oipMetadataMessage(of.inputs, of.outputs, model.name, versionLabel(*model.version))));
}

}  // namespace featc
