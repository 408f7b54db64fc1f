// SPDX-License-Identifier: Apache-2.0
#include "server/service/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "server/service/json_lines.h"
#include "support/suggest.h"

namespace featc {

namespace {

std::unique_ptr<Dialect> newJsonDialect(const LiveCall& call, const HttpRequest& request,
                                        std::optional<Refusal>& refusal) {
  std::optional<AnswerFormat> format = wantedFormat(request.header("Accept"));
  if (format) return newJsonLines(call, *format);
  refusal = Refusal{406, "not_acceptable",
                    fmt::format("answers are {} or {}: send one of them as Accept", mediaType(AnswerFormat::Json),
                                mediaType(AnswerFormat::TensorSequence))};
  return nullptr;
}

}  // namespace

HttpResponse wrongMethod(std::string_view allowed) {
  HttpResponse response = httpError(405, fmt::format("this path takes {} only", allowed));
  response.headers.push_back({"Allow", std::string(allowed)});
  return response;
}

HttpResponse unknownName(const LiveConfigs& configs, std::string_view what, std::string_view name) {
  const std::vector<std::string> served = configs.names();
  const std::vector<std::string_view> names(served.begin(), served.end());
  std::optional<std::string> near = nearestName(name, names);
  return httpError(404, fmt::format("there is no {} \"{}\"{}", what, name,
                                    near ? fmt::format("; did you mean \"{}\"?", *near) : ""));
}

HttpResponse notLoaded(std::string_view name) { return httpError(503, notLoadedText(name)); }

bool isReady(const LiveConfigs& configs, ServerPhase phase) {
  if (phase != ServerPhase::Serving) return false;
  return std::ranges::any_of(configs.states(), [](const ServedState& state) { return state.serves(); });
}

void Service::handle(const std::shared_ptr<HttpExchange>& exchange) {
  constexpr std::string_view kExtract = "/extract/";
  const std::string& path = exchange->request().path;
  if (path.starts_with(kExtract)) return extract(exchange, path.substr(kExtract.size()));
  if (path == "/v2" || path.starts_with("/v2/")) return handleOip(exchange);
  exchange->answer(httpError(404, kServiceRoutes));
}

void Service::extract(const std::shared_ptr<HttpExchange>& exchange, const std::string& name) {
  if (exchange->request().method != "POST") return exchange->answer(wrongMethod("POST"));
  if (!configs_.has(name)) return exchange->answer(unknownName(configs_, "config", name));
  stages_.admit(exchange, name, configs_.find(name), newJsonDialect);
}

}  // namespace featc
