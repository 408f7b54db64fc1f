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

void Service::handleOip(const std::shared_ptr<HttpExchange>& exchange) {
  const HttpRequest& request = exchange->request();
  const bool reads = request.method == "GET" || request.method == "HEAD";
  std::vector<std::string_view> parts = partsOf(request.path);
  if (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  auto answer = [&](HttpResponse response) { exchange->answer(std::move(response)); };

  if (parts.size() == 1 || parts[1] == "health") {
    if (!reads) return answer(wrongMethod("GET, HEAD"));
    if (parts.size() == 1)
      return answer(json(R"({"name": "featc", "version": ")" + version_ +
                         R"(", "extensions": ["binary_tensor_data"]})"
                         "\n"));
    if (parts.size() == 3 && parts[2] == "live") return answer(health(true));
    if (parts.size() == 3 && parts[2] == "ready") return answer(health(isReady(configs_, phase_)));
  }
  if (parts.size() < 3 || parts[1] != "models") return answer(httpError(404, kServiceRoutes));

  const std::string name(parts[2]);
  if (!configs_.has(name)) return answer(unknownName(configs_, "model", name));
  std::shared_ptr<LiveConfig> config = configs_.find(name);
  std::shared_ptr<const LiveVersion> version = config == nullptr ? nullptr : config->current();
  std::vector<std::string_view> rest(parts.begin() + 3, parts.end());
  if (rest.size() >= 2 && rest[0] == "versions") {
    if (version == nullptr || rest[1] != versionLabel(*version))
      return answer(
          httpError(404, fmt::format("\"{}\" has no version \"{}\": {}", name, rest[1],
                                     version == nullptr ? "none serves" : versionLabel(*version) + " serves")));
    rest.erase(rest.begin(), rest.begin() + 2);
  }
  if (rest.size() == 1 && rest[0] == "infer") {
    if (request.method != "POST") return answer(wrongMethod("POST"));
    return stages_.admit(exchange, name, std::move(config), newOip);
  }
  if (!reads) return answer(wrongMethod("GET, HEAD"));
  if (rest.size() == 1 && rest[0] == "ready")
    return answer(health(version != nullptr && phase_ == ServerPhase::Serving));
  if (!rest.empty()) return answer(httpError(404, kServiceRoutes));
  if (version == nullptr)
    return answer(httpError(503, fmt::format("\"{}\" is not loaded: the server's log says why", name)));
  const auto& of = version->shared<VersionParts>();
  answer(json(
      oipMetadata(of.inputs, of.outputs, name, versionLabel(*version), fingerprintText(version->info().fingerprint))));
}

}  // namespace featc
