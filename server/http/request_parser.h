// SPDX-License-Identifier: Apache-2.0
// Reads requests of HTTP/1.1 from bytes as they come, within limits; refuses those whose end two programs may see in
// two places.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/http/http_message.h"

namespace featc {

struct HttpParseLimits {
  size_t headerBytes = size_t{16} << 10U;  // of the request line and all headers
  size_t bodyBytes = size_t{16} << 20U;
};

// Reads one request.
class HttpRequestParser {
 public:
  enum class State {
    Head,     // more bytes of the head are wanted
    Body,     // the head is there, more bytes of the body are wanted
    Done,     // the request is whole
    Refused,  // see refusal(); nothing behind these bytes can be read
  };

  explicit HttpRequestParser(const HttpParseLimits& limits);
  ~HttpRequestParser();
  HttpRequestParser(const HttpRequestParser&) = delete;
  HttpRequestParser& operator=(const HttpRequestParser&) = delete;

  // Takes bytes off the front of `bytes`; what is left must come again, with more behind it. Stops once between the
  // head and the body, so that the caller can look at the head: then `bytes` may hold more of the body.
  State take(std::string_view& bytes);

  // The request as far as it has come.
  HttpRequest& request();
  // What the client wants after the answer.
  bool keepAlive() const;
  // Whether the client waits for `100 Continue` before it sends the body.
  bool expectsContinue() const;
  // The same, once.
  bool takeContinue() { return std::exchange(expectsContinue_, false); }
  // Why the request was refused.
  const HttpResponse& refusal() const;

 private:
  class Beast;
  State refuse(int status, std::string_view message);
  State checkHead();

  const HttpParseLimits limits_;
  std::unique_ptr<Beast> beast_;
  size_t headBytes_ = 0;
  bool checked_ = false;  // the head
  bool expectsContinue_ = false;
  HttpResponse refusal_;
};

}  // namespace featc
