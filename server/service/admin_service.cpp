// SPDX-License-Identifier: Apache-2.0
// The routes of operators.
#include <fmt/format.h>

#include "server/service/served_stores.h"
#include "server/service/service.h"
#include "stores/store_states.h"

namespace featc {

namespace {

HttpResponse plain(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.contentType = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

std::string lineOf(const ServedState& state) {
  std::string line = state.name + ": " + (state.serves() ? "serves version " + state.version : "does not serve");
  if (!state.problem.empty())
    line += fmt::format("{}: {}", state.serves() ? "; the current files could not be loaded" : "",
                        state.problem.substr(0, state.problem.find('\n')));
  // Most compiles take less.
  constexpr double kLong = 10;
  if (state.status.attemptSeconds > kLong)
    line += fmt::format("; the current files have been compiling for {:.0f} s", state.status.attemptSeconds);
  return line + '\n';
}

}  // namespace

HttpResponse AdminService::ready() const {
  const ServerPhase phase = phase_;
  const bool good = isReady(configs_, phase);
  std::string text = phase == ServerPhase::Starting   ? "starting\n"
                     : phase == ServerPhase::Draining ? "stopping\n"
                     : good                           ? "ok\n"
                                                      : "nothing is served\n";
  for (const ServedState& state : configs_.states()) text += lineOf(state);
  for (const StoreState& store : storeStates(stores_))
    if (std::string trouble = troubleOf(store); !trouble.empty())
      text += fmt::format("store {}, {}: {}\n", store.store, store.url, trouble);
  return plain(good ? 200 : 503, std::move(text));
}

void AdminService::handle(const std::shared_ptr<HttpExchange>& exchange) const {
  const HttpRequest& request = exchange->request();
  if (request.method != "GET" && request.method != "HEAD") return exchange->answer(wrongMethod("GET, HEAD"));
  if (request.path == "/health/live") return exchange->answer(plain(200, "ok\n"));
  if (request.path == "/health/ready") return exchange->answer(ready());
  if (request.path == "/configs") {
    HttpResponse response;
    response.body = describe(configs_);
    return exchange->answer(std::move(response));
  }
  if (request.path == "/metrics") {
    HttpResponse response = plain(200, metrics_.text() + serveMetrics_.text());
    response.contentType = "text/plain; version=0.0.4; charset=utf-8";
    return exchange->answer(std::move(response));
  }
  exchange->answer(httpError(404, "this port has GET /health/live, /health/ready, /configs and /metrics"));
}

}  // namespace featc
