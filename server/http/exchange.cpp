// SPDX-License-Identifier: Apache-2.0
#include "server/http/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "support/survive.h"

namespace featc {

HttpExchange::HttpExchange(HttpRequest request, std::shared_ptr<BodyBudget> budget, size_t bodyBytes)
    : request_(std::move(request)), budget_(std::move(budget)), bodyBytes_(bodyBytes) {}

HttpExchange::~HttpExchange() { budget_->release(bodyBytes_); }

void HttpExchange::answerIfNone() noexcept {
  if (answered_) return;
  HttpResponse response{.status = 500, .contentType = {}, .headers = {}, .body = {}, .error = {}};  // needs no memory
  survive("an answer", [&] { response = httpError(500, "the server gave no answer"); });
  answer(std::move(response));
}

void HttpExchange::answer(HttpResponse response) noexcept {
  if (!answered_.exchange(true)) send(std::move(response));
}

bool HttpExchange::countBody() {
  const size_t held = std::max(request_.body.capacity(), bodyBytes_);
  return budget_->hold(held - std::exchange(bodyBytes_, held));
}

void limitAnswer(HttpResponse& response, size_t mostBytes) {
  if (response.body.size() <= mostBytes) return;
  response =
      httpError(413, fmt::format("the answer would be longer than {} bytes: ask for fewer items at a time", mostBytes));
}

}  // namespace featc
