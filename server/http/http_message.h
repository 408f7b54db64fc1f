// SPDX-License-Identifier: Apache-2.0
// Requests and responses of HTTP as handlers see them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace featc {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method;  // `GET`
  std::string path;    // percent-decoded, without the query: `/v2/models/takeaway`
  std::string query;   // as it came, without the question mark
  std::vector<HttpHeader> headers;
  std::string body;  // whole; of a chunked body without its framing, otherwise as it came
  int minorVersion = 1;
  // When its first byte came.
  std::chrono::steady_clock::time_point arrived;
  // Until when the caller waits, where the protocol itself says so, as gRPC does.
  std::optional<std::chrono::steady_clock::time_point> deadline{};

  // The value of the first header of that name, in any case; empty: there is none.
  std::string_view header(std::string_view name) const;
  // A parameter of the query, percent-decoded; empty: there is none.
  std::string parameter(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string contentType = "application/json";
  std::vector<HttpHeader> headers;  // without Content-Length, Content-Type and Connection
  std::string body;
  std::string error{};  // what is wrong and what to do; the body says the same in its form
};

// An error in the form that the Open Inference Protocol has, `{"error": "..."}`.
HttpResponse httpError(int status, std::string_view message);

std::string_view httpReason(int status);
// Whether two header names or tokens are the same.
bool sameToken(std::string_view a, std::string_view b);
// `%41` becomes `A`; what is no such code stays.
std::string percentDecoded(std::string_view text);

// The head of a response with the blank line behind it. Line ends within headers become blanks.
std::string httpHead(const HttpResponse& response, bool keepAlive, int minorVersion);

}  // namespace featc
