// SPDX-License-Identifier: Apache-2.0
// A request that has come, and the way to answer it, whatever protocol it came by.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/http/http_message.h"

namespace featc {

// How many bytes of requests' bodies are being received or computed together. Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(size_t most) : most_(most) {}
  // Counts `more` bytes; false: there are too many, these included.
  bool hold(size_t more) { return held_.fetch_add(more) + more <= most_; }
  void release(size_t bytes) { held_.fetch_sub(bytes); }
  size_t held() const { return held_; }

 private:
  const size_t most_;
  std::atomic<size_t> held_ = 0;
};

// The refusal, with 503, where the budget is spent.
inline constexpr std::string_view kTooManyBytes =
    "the server has too many bytes of requests under way: try again later, or ask another server";

// Answered once: what comes later is dropped; a request that is let go without an answer is answered with 500.
// Thread-safe.
class HttpExchange {
 public:
  // `bodyBytes` of the budget are held already.
  HttpExchange(HttpRequest request, std::shared_ptr<BodyBudget> budget, size_t bodyBytes);
  virtual ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  HttpRequest& request() { return request_; }
  void answer(HttpResponse response) noexcept;
  // Counts the body's bytes anew, for a handler that has unpacked it; false: all bodies together are too long now.
  bool countBody();
  // Turns true when the caller no longer waits: it has closed the connection or its sending side, or cancelled the
  // call.
  const std::atomic<bool>& hungUp() const { return hungUp_; }
  void hangUp() { hungUp_ = true; }

 protected:
  // Called once, from any thread.
  virtual void send(HttpResponse response) noexcept = 0;
  // For destructors of what derives from this, which can still send.
  void answerIfNone() noexcept;

 private:
  HttpRequest request_;
  const std::shared_ptr<BodyBudget> budget_;
  size_t bodyBytes_;
  std::atomic<bool> answered_ = false;
  std::atomic<bool> hungUp_ = false;
};

// Called on a thread of the server, which serves nobody else meanwhile: it must be quick. What it throws is answered
// with 500.
using HttpHandler = std::function<void(const std::shared_ptr<HttpExchange>& exchange)>;

// Replaces an answer that is longer than the limit by an error that says so.
void limitAnswer(HttpResponse& response, size_t mostBytes);

}  // namespace featc
