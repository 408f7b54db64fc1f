// SPDX-License-Identifier: Apache-2.0
#include "server/log/log_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <random>

#include "values/hash.h"

namespace featc {

std::optional<LogSample> LogSample::parse(std::string_view text) {
  LogSample sample;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sample.share_);
  if (error != std::errc() || end != text.data() + text.size() || !(sample.share_ > 0 && sample.share_ <= 1))
    return std::nullopt;
  return sample;
}

bool LogSample::takes(std::string_view id) const {
  return share_ >= 1 || static_cast<double>(hashBytes(HashFamily::Xxh3, id)) < share_ * 0x1p64;
}

std::string newRequestId() {
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  const uint64_t high = random();
  return fmt::format("{:016x}{:016x}", high, random());
}

bool isRequestId(std::string_view text) {
  constexpr size_t kMost = 128;
  return !text.empty() && text.size() <= kMost && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace featc
