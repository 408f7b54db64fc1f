// SPDX-License-Identifier: Apache-2.0
#include "server/service/request_body.h"

#include <fmt/format.h>

#include "data/gzip/gunzip.h"

namespace featc {

std::optional<Refusal> unpackBody(std::string_view encoding, size_t mostBytes, std::string& body) {
  if (encoding.empty() || sameToken(encoding, "identity")) return std::nullopt;
  if (!sameToken(encoding, "gzip") && !sameToken(encoding, "x-gzip"))
    return Refusal{415, "bad_request", "a body may be compressed with gzip only: send Content-Encoding: gzip"};
  if (!body.starts_with("\x1f\x8b"))
    return Refusal{400, "bad_request", "Content-Encoding is gzip, but the body is not gzip data"};
  std::string packed = std::move(body);
  body.clear();
  std::unique_ptr<ByteSource> source = unpacked(memorySource(packed));
  constexpr size_t kStep = size_t{64} << 10U;
  std::string error;
  while (true) {
    const size_t before = body.size();
    body.resize(before + kStep);
    const int64_t count = source->read(body.data() + before, kStep, error);
    body.resize(before + static_cast<size_t>(std::max<int64_t>(count, 0)));
    if (count < 0) return Refusal{400, "bad_request", fmt::format("the body cannot be unpacked: {}", error)};
    if (count == 0) return std::nullopt;
    if (body.size() > mostBytes)
      return Refusal{413, "over_limit",
                     fmt::format("the unpacked body is longer than {} bytes: send fewer items at a time", mostBytes)};
  }
}

}  // namespace featc
