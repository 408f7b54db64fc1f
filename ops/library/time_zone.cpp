// SPDX-License-Identifier: Apache-2.0
// The zone of a time: UTC, a fixed offset from it, or a named one.
#include "ops/library/time_zone.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string_view>
#include <system_error>
#include <vector>

#include "support/suggest.h"
#include "support/utf8.h"

namespace featc {

namespace {

// `+08:00`, `-03:30`
std::optional<int64_t> fixedOffset(std::string_view name) {
  auto digit = [&](size_t i) { return name[i] >= '0' && name[i] <= '9'; };
  if (name.size() != 6 || (name[0] != '+' && name[0] != '-') || name[3] != ':') return std::nullopt;
  if (!digit(1) || !digit(2) || !digit(4) || !digit(5)) return std::nullopt;
  int64_t hours = (name[1] - '0') * 10 + (name[2] - '0');
  int64_t minutes = (name[4] - '0') * 10 + (name[5] - '0');
  if (hours > 14 || minutes > 59) return std::nullopt;
  int64_t seconds = hours * 3600 + minutes * 60;
  return name[0] == '-' ? -seconds : seconds;
}

// Names become paths below the zone database: nothing may lead out of it, nor to this machine's zone.
bool isZoneName(std::string_view name) {
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  };
  return !name.empty() && name.size() < 64 && name[0] >= 'A' && name[0] <= 'Z' &&
         std::all_of(name.begin(), name.end(), fits);
}

// `UTC+8`, `GMT-3`, `+8`, `+0530` as `+05:30`; empty for what is not an offset.
std::string offsetMeant(std::string_view name) {
  if (name.starts_with("UTC") || name.starts_with("GMT")) name.remove_prefix(3);
  if (name.size() < 2 || (name[0] != '+' && name[0] != '-')) return {};
  std::string digits;
  size_t colon = name.find(':');
  for (char c : name.substr(1)) {
    if (c >= '0' && c <= '9')
      digits += c;
    else if (c != ':')
      return {};
  }
  if (digits.size() <= 2 && colon == std::string_view::npos) digits += "00";
  if (digits.size() == 3) digits.insert(0, "0");
  if (digits.size() != 4) return {};
  std::string offset = std::string(1, name[0]) + digits.substr(0, 2) + ":" + digits.substr(2);
  return fixedOffset(offset) ? offset : std::string();
}

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c == ' ' ? '_' : lowered(c); });
  return lower;
}

// `shanghai` of "Asia/Shanghai".
std::string_view placeOf(std::string_view zone) { return zone.substr(zone.rfind('/') + 1); }
// `asia` of "Asia/Shanghai"; empty where there is none.
std::string areaOf(std::string_view zone) {
  return lowerCase(zone.substr(0, zone.find('/') == std::string_view::npos ? 0 : zone.find('/')));
}
// Whose places are parts of the country: "US/Pacific".
bool isOfOneCountry(std::string_view area) {
  return area == "us" || area == "canada" || area == "brazil" || area == "chile" || area == "mexico";
}

std::string zoneFolder() {
  const char* set = std::getenv("TZDIR");
  return set != nullptr ? set : "/usr/share/zoneinfo";
}

// Those that people name: "Area/Place".
std::vector<std::string> zoneNames() {
  std::vector<std::string> names = zoneFiles();
  std::erase_if(
      names, [](const std::string& name) { return name.find('/') == std::string::npos || name.starts_with("Etc/"); });
  return names;
}

// Large places without a zone of their own name.
struct City {
  std::string_view name;
  std::string_view zone;
};
constexpr City kCities[] = {{"beijing", "Asia/Shanghai"},       {"shenzhen", "Asia/Shanghai"},
                            {"guangzhou", "Asia/Shanghai"},     {"hangzhou", "Asia/Shanghai"},
                            {"mumbai", "Asia/Kolkata"},         {"delhi", "Asia/Kolkata"},
                            {"bangalore", "Asia/Kolkata"},      {"san_francisco", "America/Los_Angeles"},
                            {"seattle", "America/Los_Angeles"}, {"washington", "America/New_York"}};

}  // namespace

std::vector<std::string> zoneFiles() {
  const std::filesystem::path root = zoneFolder();
  std::vector<std::string> names;
  std::error_code error;
  constexpr size_t kMost = 5'000;
  for (std::filesystem::recursive_directory_iterator at(root, error), end; !error && at != end && names.size() < kMost;
       at.increment(error)) {
    std::string name = at->path().lexically_relative(root).string();
    bool isCopy = name == "posix" || name == "right";
    bool isFolder = at->is_directory(error);
    if (isCopy && isFolder) at.disable_recursion_pending();
    if (!isFolder && isZoneName(name)) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

std::string Zone::meant(std::string_view name) {
  if (lowerCase(name) == "utc" || lowerCase(name) == "gmt" || name == "Z") return "UTC";
  if (std::string offset = offsetMeant(name); !offset.empty()) return offset;
  const std::string place = lowerCase(placeOf(name));
  for (const City& city : kCities)
    if (city.name == place) return std::string(city.zone);
  const std::string area = areaOf(name);
  std::vector<std::string> names = zoneNames();
  std::erase_if(names, [&](const std::string& zone) { return area.empty() && isOfOneCountry(areaOf(zone)); });
  for (const std::string& zone : names)
    if (lowerCase(placeOf(zone)) == place) return zone;
  // A slip in a word is as good as another word where it is short: "Asia" is not "Apia".
  constexpr size_t kShort = 5;
  if (area.empty() && place.size() < kShort) return {};
  std::erase_if(names, [&](const std::string& zone) { return !area.empty() && areaOf(zone) != area; });
  std::vector<std::string_view> places;
  for (const std::string& zone : names) places.push_back(placeOf(zone));
  auto near = nearestName(place, places);
  return near && isSlip(place, *near) ? names[static_cast<size_t>(std::ranges::find(places, *near) - places.begin())]
                                      : std::string();
}

namespace {

// The zones of the database, each read when it is first asked for.
class ZoneTable {
 public:
  ZoneTable() : names_(zoneFiles()), entries_(names_.size()) {}

  // Null where there is none.
  const cctz::time_zone* find(std::string_view name) {
    auto at = std::ranges::lower_bound(names_, name, {}, [](const std::string& n) { return std::string_view(n); });
    if (at == names_.end() || *at != name) return nullptr;
    Entry& entry = entries_[static_cast<size_t>(at - names_.begin())];
    if (entry.state.load(std::memory_order_acquire) == State::Unread) read(*at, entry);
    return entry.state.load(std::memory_order_relaxed) == State::Known ? &entry.rules : nullptr;
  }

 private:
  enum class State : uint8_t { Unread, Known, Unknown };
  struct Entry {
    std::atomic<State> state{State::Unread};
    cctz::time_zone rules;
  };

  void read(const std::string& name, Entry& entry) {
    std::lock_guard lock(reading_);
    if (entry.state.load(std::memory_order_relaxed) != State::Unread) return;
    bool isKnown = cctz::load_time_zone(name, &entry.rules);
    entry.state.store(isKnown ? State::Known : State::Unknown, std::memory_order_release);
  }

  const std::vector<std::string> names_;
  std::vector<Entry> entries_;
  std::mutex reading_;
};

}  // namespace

bool Zone::named(std::string_view name, Zone& zone) {
  zone = Zone();
  if (name == "UTC") return true;
  if (auto offset = fixedOffset(name)) {
    zone.offset_ = *offset;
    return true;
  }
  static ZoneTable table;
  const cctz::time_zone* rules = table.find(name);
  if (rules == nullptr) return false;
  zone.isFixed_ = false;
  zone.rules_ = *rules;
  return true;
}

std::optional<PrepareError> Zone::read(const Value& name, uint32_t param, Zone& zone) {
  if (name.isMissing() || name.asString() == "UTC") return std::nullopt;
  if (auto offset = fixedOffset(name.asString())) {
    zone.offset_ = *offset;
    return std::nullopt;
  }
  zone.isFixed_ = false;
  if (isZoneName(name.asString()) && cctz::load_time_zone(name.asString(), &zone.rules_)) {
    zone.offsets_ = &zoneOffsets(name.asString(), zone.rules_);
    return std::nullopt;
  }
  std::string near = meant(name.asString());
  return PrepareError{
      param,
      "there is no time zone " + toString(name) +
          (near.empty()
               ? "; zones are named as \"Asia/Shanghai\", \"UTC\" or \"+08:00\"; the names are those of the files in " +
                     zoneFolder()
               : "; did you mean \"" + near + "\"?")};
}

int64_t Zone::toUtc(int64_t local) const {
  if (isFixed_) return local - offset_;
  return rules_.lookup(cctz::civil_second() + local).pre.time_since_epoch().count();
}

}  // namespace featc
