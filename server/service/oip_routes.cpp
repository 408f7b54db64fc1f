// SPDX-License-Identifier: Apache-2.0
// The paths of the Open Inference Protocol v2: /v2, /v2/health/..., /v2/models/NAME...
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "server/service/oip_dialect.h"
#include "server/service/service.h"
#include "server/service/version_parts.h"

namespace featc {

namespace {

std::vector<std::string_view> partsOf(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    parts.push_back(part);
  }
  return parts;
}

HttpResponse json(std::string text) {
  HttpResponse response;
  response.body = std::move(text);
  return response;
}

// As the protocol has it, health says all in its status.
HttpResponse health(bool good) {
  HttpResponse response = good ? json("{}\n") : httpError(503, "not ready");
  return response;
}

std::unique_ptr<Dialect> newOip(const LiveCall& call, const HttpRequest& request, std::optional<Refusal>& refusal) {
  std::string_view text = request.header("Inference-Header-Content-Length");
  size_t bytes = SIZE_MAX;
  if (!text.empty()) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error != std::errc() || end != text.data() + text.size()) {
      refusal = Refusal{400, "bad_request", "Inference-Header-Content-Length is not a number of bytes"};
      return nullptr;
    }
  }
  return newOipDialect(call, bytes);
}

}  // namespace

std::optional<HttpResponse> Service::findModel(std::string_view name, std::string_view version, OipModel& model) const {
  model.name = name;
  if (!configs_.has(model.name)) return unknownName(configs_, "model", name);
  model.config = configs_.find(model.name);
  if (model.config != nullptr) model.version = model.config->current();
  if (version.empty() || (model.version != nullptr && version == versionLabel(*model.version))) return std::nullopt;
  return httpError(404,
                   fmt::format("\"{}\" has no version \"{}\": {}", name, version,
                               model.version == nullptr ? "none serves" : versionLabel(*model.version) + " serves"));
}

void Service::handleOip(const std::shared_ptr<HttpExchange>& exchange) {
  const HttpRequest& request = exchange->request();
  const bool reads = request.method == "GET" || request.method == "HEAD";
  std::vector<std::string_view> parts = partsOf(request.path);
  if (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  auto answer = [&](HttpResponse response) { exchange->answer(std::move(response)); };

  if (parts.size() == 1 || parts[1] == "health") {
    if (!reads) return answer(wrongMethod("GET, HEAD"));
    if (parts.size() == 1)
      return answer(json(fmt::format("{{\"name\": \"{}\", \"version\": \"{}\", \"extensions\": [\"{}\"]}}\n",
                                     kOipPlatform, version_, kOipExtension)));
    if (parts.size() == 3 && parts[2] == "live") return answer(health(true));
    if (parts.size() == 3 && parts[2] == "ready") return answer(health(featc::isReady(configs_, phase_)));
  }
  if (parts.size() < 3 || parts[1] != "models") return answer(httpError(404, kServiceRoutes));

  std::vector<std::string_view> rest(parts.begin() + 3, parts.end());
  std::string_view version;
  if (rest.size() >= 2 && rest[0] == "versions") {
    version = rest[1];
    if (version.empty()) return answer(httpError(404, kServiceRoutes));
    rest.erase(rest.begin(), rest.begin() + 2);
  }
  OipModel model;
  if (auto refusal = findModel(parts[2], version, model)) return answer(std::move(*refusal));
  if (rest.size() == 1 && rest[0] == "infer") {
    if (request.method != "POST") return answer(wrongMethod("POST"));
    return stages_.admit(exchange, model.name, std::move(model.config), newOip);
  }
  if (!reads) return answer(wrongMethod("GET, HEAD"));
  if (rest.size() == 1 && rest[0] == "ready") return answer(health(isReady(model)));
  if (!rest.empty()) return answer(httpError(404, kServiceRoutes));
  if (model.version == nullptr) return answer(notLoaded(model.name));
  const auto& of = model.version->shared<VersionParts>();
  answer(json(oipMetadata(of.inputs, of.outputs, model.name, versionLabel(*model.version),
                          fingerprintText(model.version->info().fingerprint))));
}

}  // namespace featc
