// SPDX-License-Identifier: Apache-2.0
// Which slot of a Redis Cluster a key belongs to, and the errors by which a node names another one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace featc {

inline constexpr uint32_t kRedisSlots = 16384;
// Bytes of the longest name that DNS allows.
inline constexpr size_t kLongestRedisHost = 255;

// CRC16 of the key, or of its hash tag: what is between the first `{` and the next `}`, if that is not empty.
uint16_t redisSlot(std::string_view key);

// A host and a port: `10.0.0.1:6379`, `[::1]:6379` in messages.
struct RedisAddress {
  std::string host;
  uint16_t port = 6379;

  std::string text() const;
  auto operator<=>(const RedisAddress&) const = default;
};

// `MOVED 3999 127.0.0.1:6381`: the slot has another owner now. `ASK ...`: this one key may already lie there.
struct RedisRedirect {
  bool isAsk = false;
  uint16_t slot = 0;
  // An empty host means the host of the node that says so.
  RedisAddress to;
};

// Nothing if the error is not a redirection, or is a damaged one.
std::optional<RedisRedirect> parseRedirect(std::string_view error);

// Whether a node says that it cannot serve its slots now.
bool isUnfit(std::string_view error);

}  // namespace featc
