// SPDX-License-Identifier: Apache-2.0
// Slots of keys, and redirections.
#include "stores/redis_slots.h"

#include <fmt/format.h>

#include <array>

#include "stores/url_parts.h"

namespace featc {
namespace {

// CRC16-CCITT as XMODEM has it: polynomial 0x1021, starting at 0.
constexpr std::array<uint16_t, 256> kCrcOfByte = [] {
  std::array<uint16_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte << 8U;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
    table[byte] = static_cast<uint16_t>(crc);
  }
  return table;
}();

}  // namespace

uint16_t redisSlot(std::string_view key) {
  if (size_t open = key.find('{'); open != std::string_view::npos) {
    size_t close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) key = key.substr(open + 1, close - open - 1);
  }
  uint32_t crc = 0;
  for (char c : key) crc = ((crc << 8U) ^ kCrcOfByte[((crc >> 8U) ^ static_cast<unsigned char>(c)) & 0xFFU]) & 0xFFFFU;
  return static_cast<uint16_t>(crc % kRedisSlots);
}

std::string RedisAddress::text() const {
  bool isV6 = host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", isV6 ? "[" : "", host, isV6 ? "]" : "", port);
}

std::optional<RedisRedirect> parseRedirect(std::string_view error) {
  RedisRedirect redirect;
  redirect.isAsk = error.starts_with("ASK ");
  if (!redirect.isAsk && !error.starts_with("MOVED ")) return std::nullopt;
  error.remove_prefix(error.find(' ') + 1);
  std::string_view slot = error.substr(0, error.find(' '));
  uint32_t number = 0;
  if (slot.size() == error.size() || !parseCount(slot, 0, kRedisSlots - 1, number)) return std::nullopt;
  redirect.slot = static_cast<uint16_t>(number);
  // An IPv6 address comes without brackets; newer versions may add words behind the port.
  std::string_view place = error.substr(slot.size() + 1);
  place = place.substr(0, place.find(' '));
  size_t colon = place.rfind(':');
  if (colon == std::string_view::npos || colon > kLongestRedisHost) return std::nullopt;
  if (!parseCount(place.substr(colon + 1), 1, 65535, number)) return std::nullopt;
  redirect.to.port = static_cast<uint16_t>(number);
  redirect.to.host = place.substr(0, colon);
  // A node that does not know the other one's name.
  if (redirect.to.host == "?") return std::nullopt;
  return redirect;
}

bool isUnfit(std::string_view error) {
  return error.starts_with("LOADING") || error.starts_with("MASTERDOWN") || error.starts_with("CLUSTERDOWN");
}

}  // namespace featc
