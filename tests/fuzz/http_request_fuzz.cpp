// SPDX-License-Identifier: Apache-2.0
// Fuzzes the parser of HTTP requests: no bytes crash it, limits hold, and it does not matter in which pieces they come.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/http/request_parser.h"
#include "tests/fuzz/require.h"

namespace {

using namespace featc;

constexpr HttpParseLimits kLimits{512, 1024};

// What came of the first request, and how many bytes it took.
std::string parse(std::string_view bytes, size_t piece) {
  HttpRequestParser parser(kLimits);
  std::string pending;
  size_t came = 0;
  auto state = HttpRequestParser::State::Head;
  while (state == HttpRequestParser::State::Head || state == HttpRequestParser::State::Body) {
    std::string_view view = pending;
    const HttpRequestParser::State before = state;
    state = parser.take(view);
    const size_t taken = pending.size() - view.size();
    pending.erase(0, taken);
    require(parser.request().body.size() <= kLimits.bodyBytes);
    if (taken > 0 || state != before) continue;
    if (came == bytes.size()) break;
    require(pending.size() <= kLimits.headerBytes + piece);
    std::string_view next = bytes.substr(came, piece);
    pending += next;
    came += next.size();
  }
  std::string said = std::to_string(static_cast<int>(state));
  if (state == HttpRequestParser::State::Refused) {
    require(parser.refusal().status >= 400 && !parser.refusal().body.empty());
    return said;  // a different limit may be met first
  }
  HttpRequest& request = parser.request();
  said += request.method + " " + request.path + "?" + request.query;
  for (const HttpHeader& header : request.headers) said += "|" + header.name + ":" + header.value;
  said += "|" + request.body;
  if (state == HttpRequestParser::State::Done)
    said += "|" + std::to_string(came - pending.size()) + (parser.keepAlive() ? "k" : "c");
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = parse(bytes, SIZE_MAX / 2);
  require(whole == parse(bytes, 1));
  require(whole == parse(bytes, 7));
  return 0;
}
