// SPDX-License-Identifier: Apache-2.0
// Taking a store's URL apart; what is wrong with it is said without telling a password.
#include "runtime/stores/store_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <vector>

#include "ops/value.h"
#include "runtime/reads/memory_store.h"
#include "support/suggest.h"

namespace featc {
namespace {

template <class T>
bool parseWhole(std::string_view text, T& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// A number and one of the units, `20ms`; false where it is none, or too large.
struct Unit {
  std::string_view name;
  uint64_t factor;
};
template <size_t N>
bool parseUnits(std::string_view text, const Unit (&units)[N], uint64_t& out) {
  size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const Unit* unit = std::ranges::find(units, text.substr(digits), &Unit::name);
  uint64_t number = 0;
  if (unit == std::end(units) || !parseWhole(text.substr(0, digits), number)) return false;
  constexpr uint64_t kMost = uint64_t{1} << 50U;
  if (number > kMost / unit->factor) return false;
  out = number * unit->factor;
  return true;
}

bool parseDuration(std::string_view text, std::chrono::microseconds& out) {
  constexpr Unit kUnits[] = {{"us", 1}, {"ms", 1'000}, {"s", 1'000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}};
  uint64_t microseconds = 0;
  if (text == "0" || text == "off") {
    out = {};
    return true;
  }
  if (!parseUnits(text, kUnits, microseconds)) return false;
  out = std::chrono::microseconds(microseconds);
  return true;
}

bool parseBytes(std::string_view text, size_t& out) {
  constexpr Unit kUnits[] = {
      {"", 1}, {"B", 1}, {"KB", uint64_t{1} << 10U}, {"MB", uint64_t{1} << 20U}, {"GB", uint64_t{1} << 30U}};
  uint64_t bytes = 0;
  if (!parseUnits(text, kUnits, bytes)) return false;
  out = bytes;
  return true;
}

bool parseCount(std::string_view text, uint32_t least, uint32_t most, uint32_t& out) {
  uint32_t number = 0;
  if (!parseWhole(text, number) || number < least || number > most) return false;
  out = number;
  return true;
}

// `p95`
bool parsePercentile(std::string_view text, uint32_t& out) {
  if (text == "off") {
    out = 0;
    return true;
  }
  return text.starts_with('p') && parseCount(text.substr(1), 50, 99, out);
}

// What may stand behind the question mark.
struct Parameter {
  std::string_view name;
  std::string_view wanted;
  std::function<bool(std::string_view, StoreOptions&, StoreUrl&)> set;
};

constexpr uint32_t kMaxDatabase = 1'000'000;
constexpr std::string_view kDuration = "a time such as 20ms, 2s or 0 for none";
constexpr std::string_view kBytes = "a size such as 64MB";

const std::vector<Parameter>& parameters() {
  using std::string_view;
  static const std::vector<Parameter> all = {
      {"timeout", kDuration, [](string_view t, auto& o, auto&) { return parseDuration(t, o.timeout.emplace()); }},
      {"max_absent", "a share such as 50%, or off",
       [](string_view t, auto& o, auto&) {
         o.maxAbsent = parseShare(t);
         return t == "off" || o.maxAbsent.has_value();
       }},
      {"breaker", "a number of failed reads, 0 for no breaker",
       [](string_view t, auto& o, auto&) { return parseCount(t == "off" ? "0" : t, 0, 1'000'000, o.breaker); }},
      {"breaker_wait", kDuration,
       [](string_view t, auto& o, auto&) { return parseDuration(t, o.breakerWait) && o.breakerWait.count() > 0; }},
      {"hedge", "a percentile from p50 to p99, or off",
       [](string_view t, auto& o, auto&) { return parsePercentile(t, o.hedgePercentile); }},
      {"cache", kBytes, [](string_view t, auto& o, auto&) { return parseBytes(t, o.cacheBytes); }},
      {"ttl", "a time such as 30s",
       [](string_view t, auto& o, auto&) { return parseDuration(t, o.cacheTtl) && o.cacheTtl.count() > 0; }},
      {"max_value_bytes", kBytes,
       [](string_view t, auto& o, auto&) { return parseBytes(t, o.maxValueBytes) && o.maxValueBytes > 0; }},
      {"max_fetch_bytes", kBytes,
       [](string_view t, auto& o, auto&) { return parseBytes(t, o.maxFetchBytes) && o.maxFetchBytes > 0; }},
      {"loops", "a number from 1 to 64", [](string_view t, auto& o, auto&) { return parseCount(t, 1, 64, o.loops); }},
      {"connections", "a number from 1 to 64",
       [](string_view t, auto& o, auto&) { return parseCount(t, 1, 64, o.connections); }},
      {"connect_timeout", "a time such as 300ms",
       [](string_view t, auto& o, auto&) {
         return parseDuration(t, o.connectTimeout) && o.connectTimeout.count() > 0;
       }},
      {"workers", "a number from 1 to 64",
       [](string_view t, auto& o, auto&) { return parseCount(t, 1, 64, o.workers); }},
      {"db", "a database number",
       [](string_view t, auto&, auto& u) { return parseCount(t, 0, kMaxDatabase, u.database); }},
  };
  return all;
}

std::string parseParameters(std::string_view query, StoreUrl& url, StoreOptions& options) {
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    std::string_view name = pair.substr(0, pair.find('='));
    std::string_view value = pair.substr(std::min(name.size() + 1, pair.size()));
    auto parameter = std::ranges::find(parameters(), name, &Parameter::name);
    if (name == "password" || name == "pass" || name == "auth")
      return "a password does not belong in a URL; set FEATC_REDIS_PASSWORD instead";
    if (parameter == parameters().end() || (name == "db" && url.kind != StoreKind::Redis)) {
      std::vector<std::string_view> names;
      for (const Parameter& known : parameters()) names.push_back(known.name);
      std::optional<std::string> nearest = nearestName(name, names);
      return fmt::format("no option of a store is called {}{}", quote(name),
                         nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "");
    }
    if (!parameter->set(value, options, url)) return fmt::format("{}={}: expected {}", name, value, parameter->wanted);
  }
  return {};
}

// `[user@]` before a host or a path. A password there is refused and never repeated.
std::string takeUser(std::string_view& rest, StoreUrl& url) {
  size_t at = rest.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view user = rest.substr(0, at);
  if (user.find(':') != std::string_view::npos)
    return "a password does not belong in a URL; set FEATC_REDIS_PASSWORD instead";
  url.user = user;
  rest.remove_prefix(at + 1);
  return {};
}

std::string parseRedis(std::string_view rest, StoreUrl& url) {
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

}  // namespace

std::string StoreUrl::name() const {
  switch (kind) {
    case StoreKind::Memory: return "memory:";
    case StoreKind::Jsonl: return std::string(kJsonlScheme) + path;
    case StoreKind::Lmdb: return "lmdb:" + path;
    case StoreKind::Redis: break;
  }
  if (!path.empty()) return fmt::format("redis+unix://{}?db={}", path, database);
  bool v6 = host.find(':') != std::string::npos;
  return fmt::format("redis://{}{}{}:{}/{}", v6 ? "[" : "", host, v6 ? "]" : "", port, database);
}

std::optional<double> parseShare(std::string_view text) {
  bool isPercent = text.ends_with('%');
  if (isPercent) text.remove_suffix(1);
  double number = 0;
  if (!parseWhole(text, number)) return std::nullopt;
  if (isPercent) number /= 100;
  // Not a number is neither.
  return number >= 0 && number <= 1 ? std::optional(number) : std::nullopt;
}

std::string parseStoreUrl(std::string_view text, StoreUrl& url, StoreOptions& options) {
  url = {};
  size_t colon = text.find(':');
  std::string_view scheme = text.substr(0, colon);
  if (colon == std::string_view::npos) return fmt::format("expected {}", kStoreKinds);
  std::string_view rest = text.substr(colon + 1);
  // A file of JSON lines has no options, and its name may hold anything.
  size_t mark = text.starts_with(kJsonlScheme) ? rest.size() : std::min(rest.find('?'), rest.size());
  std::string_view query = rest.substr(std::min(mark + 1, rest.size()));
  // A `?` in a password would hide its `@` among the options.
  if (scheme.starts_with("redis") && query.find('@') != std::string_view::npos)
    return "a password does not belong in a URL; set FEATC_REDIS_PASSWORD instead";
  rest = rest.substr(0, mark);
  if (scheme == "memory") {
    if (!rest.empty()) return "only options may follow memory:";
  } else if (scheme == "jsonl" || scheme == "lmdb") {
    url.kind = scheme == "jsonl" ? StoreKind::Jsonl : StoreKind::Lmdb;
    if (rest.empty()) return fmt::format("expected a path: {}:PATH", scheme);
    url.path = rest;
  } else if (scheme == "redis" || scheme == "redis+unix") {
    url.kind = StoreKind::Redis;
    if (!rest.starts_with("//")) return fmt::format("expected // after {}:", scheme);
    rest.remove_prefix(2);
    std::string problem;
    if (scheme == "redis") {
      problem = parseRedis(rest, url);
    } else {
      problem = takeUser(rest, url);
      if (problem.empty() && !rest.starts_with('/')) problem = "expected the socket's path: redis+unix:///PATH?db=N";
      url.path = rest;
    }
    if (!problem.empty()) return problem;
  } else if (scheme == "rediss") {
    return "TLS is not supported (rediss://): put a proxy that speaks it, such as stunnel, beside featc";
  } else {
    return fmt::format("unknown kind of store {}; expected {}", quote(scheme), kStoreKinds);
  }
  return parseParameters(query, url, options);
}

}  // namespace featc
