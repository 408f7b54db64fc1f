// SPDX-License-Identifier: Apache-2.0
// Taking a store's URL apart; what is wrong with it is said without telling a password.
#include "stores/store_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "stores/store_kind.h"
#include "stores/url_parts.h"
#include "support/suggest.h"
#include "values/value.h"

namespace featc {
namespace {

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
       [](string_view t, auto& o, auto&) {
         return parseCount(t == "off" ? "0" : t, 0, 1'000'000, o.breaker.emplace());
       }},
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
      {"read", "master or replica",
       [](string_view t, auto& o, auto&) {
         o.readReplicas = t == "replica";
         return t == "replica" || t == "master";
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
    if (name == "password" || name == "pass" || name == "auth") return std::string(kPasswordInUrl);
    if (parameter == parameters().end() || (name == "db" && !url.kind->hasDatabases) ||
        (name == "read" && !url.kind->hasReplicas)) {
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

std::string unknownKind(std::string_view scheme) {
  if (scheme == "rediss" || scheme == "rediss-cluster")
    return fmt::format("TLS is not supported ({}://): put a proxy that speaks it, such as stunnel, beside featc",
                       scheme);
  std::vector<std::string_view> schemes;
  for (const StoreKind* kind : storeKinds()) schemes.push_back(kind->scheme);
  std::optional<std::string> nearest = nearestName(scheme, schemes);
  return nearest ? fmt::format("unknown kind of store {}; did you mean \"{}\"?", quote(scheme), *nearest)
                 : fmt::format("unknown kind of store {}; expected {}", quote(scheme), storeForms());
}

}  // namespace

std::string StoreUrl::name() const { return kind == nullptr ? "" : kind->name(*this); }

std::optional<double> parseShare(std::string_view text) {
  bool isPercent = text.ends_with('%');
  if (isPercent) text.remove_suffix(1);
  double number = 0;
  if (!parseWhole(text, number)) return std::nullopt;
  if (isPercent) number /= 100;
  // Not a number is neither.
  return number >= 0 && number <= 1 ? std::optional(number) : std::nullopt;
}

std::string takePath(std::string_view rest, StoreUrl& url) {
  if (rest.empty()) return fmt::format("expected a path: {}", url.kind->form);
  url.path = rest;
  return {};
}

std::string parseStoreUrl(std::string_view text, StoreUrl& url, StoreOptions& options) {
  url = {};
  size_t colon = text.find(':');
  if (colon == std::string_view::npos) return fmt::format("expected {}", storeForms());
  std::string_view scheme = text.substr(0, colon);
  url.kind = storeKindOf(text);
  if (url.kind == nullptr) return unknownKind(scheme);
  std::string_view rest = text.substr(colon + 1);
  size_t mark = url.kind->takesOptions ? std::min(rest.find('?'), rest.size()) : rest.size();
  std::string_view query = rest.substr(std::min(mark + 1, rest.size()));
  // A `?` in a password would hide its `@` among the options.
  if (url.kind->takesPasswords && query.find('@') != std::string_view::npos) return std::string(kPasswordInUrl);
  if (std::string problem = url.kind->parse(rest.substr(0, mark), url); !problem.empty()) return problem;
  return parseParameters(query, url, options);
}

}  // namespace featc
