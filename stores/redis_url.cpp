// SPDX-License-Identifier: Apache-2.0
// The URLs of Redis.
#include "stores/redis_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "stores/store_kind.h"
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

// `HOST[:PORT]`; `form` is how the whole URL is written.
std::string takePlace(std::string_view place, std::string_view form, RedisAddress& address) {
  bool isBracketed = place.starts_with('[');
  size_t hostEnd = isBracketed ? place.find(']') : std::min(place.rfind(':'), place.size());
  if (hostEnd == std::string_view::npos) return "the [ before the address is not closed";
  address.host = isBracketed ? place.substr(1, hostEnd - 1) : place.substr(0, hostEnd);
  std::string_view port = place.substr(std::min(hostEnd + (isBracketed ? 1 : 0), place.size()));
  if (address.host.empty()) return fmt::format("expected {}", form);
  if (address.host.find(':') != std::string::npos && !isBracketed)
    return "an IPv6 address is written in brackets: [::1]:6379";
  uint32_t number = address.port;
  if (!port.empty() && (port[0] != ':' || !parseCount(port.substr(1), 1, 65535, number)))
    return "the port must be a number from 1 to 65535";
  address.port = static_cast<uint16_t>(number);
  return {};
}

}  // namespace

std::string parseRedisServer(std::string_view rest, StoreUrl& url) {
  if (!rest.starts_with("//")) return "expected // after redis:";
  rest.remove_prefix(2);
  if (std::string problem = takeUser(rest, url); !problem.empty()) return problem;
  std::string_view place = rest.substr(0, rest.find('/'));
  std::string_view database = rest.substr(std::min(place.size() + 1, rest.size()));
  RedisAddress address;
  if (std::string problem = takePlace(place, url.kind->form, address); !problem.empty()) return problem;
  url.host = address.host;
  url.port = address.port;
  if (!database.empty() && !parseCount(database, 0, kMaxDatabase, url.database))
    return fmt::format("the database after the host must be a number, not {}", quote(database));
  return {};
}

std::string parseRedisCluster(std::string_view rest, StoreUrl& url) {
  if (!rest.starts_with("//")) return "expected // after redis-cluster:";
  rest.remove_prefix(2);
  if (std::string problem = takeUser(rest, url); !problem.empty()) return problem;
  std::string_view places = rest.substr(0, rest.find('/'));
  std::string_view database = rest.substr(places.size());
  if (!database.empty() && database != "/" && database != "/0")
    return fmt::format("a cluster has only database 0, not {}", quote(database.substr(1)));
  for (bool more = true; more;) {
    std::string_view place = places.substr(0, places.find(','));
    more = place.size() < places.size();
    places.remove_prefix(std::min(place.size() + 1, places.size()));
    std::string problem = takePlace(place, url.kind->form, url.seeds.emplace_back());
    if (!problem.empty()) return problem;
  }
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
