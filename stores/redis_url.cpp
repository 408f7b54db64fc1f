// SPDX-License-Identifier: Apache-2.0
// The URLs of Redis.
#include "stores/redis_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "stores/url_parts.h"
#include "values/value.h"

namespace featc {

namespace {

// `[user@]` before a host or a path. A password there is refused and never repeated.
std::string takeUser(std::string_view& rest, StoreUrl& url) {
  size_t at = rest.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view user = rest.substr(0, at);
  if (user.find(':') != std::string_view::npos) return std::string(kPasswordInUrl);
  url.user = user;
  rest.remove_prefix(at + 1);
  return {};
}

}  // namespace

std::string parseRedisServer(std::string_view rest, StoreUrl& url) {
  if (!rest.starts_with("//")) return "expected // after redis:";
  rest.remove_prefix(2);
  if (std::string problem = takeUser(rest, url); !problem.empty()) return problem;
  std::string_view place = rest.substr(0, rest.find('/'));
  std::string_view database = rest.substr(std::min(place.size() + 1, rest.size()));
  size_t hostEnd = place.starts_with('[') ? place.find(']') : std::min(place.rfind(':'), place.size());
  if (hostEnd == std::string_view::npos) return "the [ before the address is not closed";
  url.host = place.starts_with('[') ? place.substr(1, hostEnd - 1) : place.substr(0, hostEnd);
  std::string_view port = place.substr(std::min(hostEnd + (place.starts_with('[') ? 1 : 0), place.size()));
  if (url.host.empty()) return "expected redis://HOST:PORT/DB";
  if (url.host.find(':') != std::string::npos && !place.starts_with('['))
    return "an IPv6 address is written in brackets: redis://[::1]:6379/0";
  uint32_t number = url.port;
  if (!port.empty() && (port[0] != ':' || !parseCount(port.substr(1), 1, 65535, number)))
    return "the port must be a number from 1 to 65535";
  url.port = static_cast<uint16_t>(number);
  if (!database.empty() && !parseCount(database, 0, kMaxDatabase, url.database))
    return fmt::format("the database after the host must be a number, not {}", quote(database));
  return {};
}

std::string parseRedisSocket(std::string_view rest, StoreUrl& url) {
  if (!rest.starts_with("//")) return "expected // after redis+unix:";
  rest.remove_prefix(2);
  if (std::string problem = takeUser(rest, url); !problem.empty()) return problem;
  if (!rest.starts_with('/')) return "expected the socket's path: redis+unix:///PATH?db=N";
  url.path = rest;
  return {};
}

}  // namespace featc
