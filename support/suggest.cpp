// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the known name nearest to a mistyped one.
#include "support/suggest.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "support/utf8.h"

namespace featc {
namespace {

// Longer names are not typos that a reader would recognise.
constexpr size_t kMaxLength = 100;
// Comparisons in full; the cheap letter test passes few names, so only hostile lists reach this.
constexpr int kMaxComparisons = 5'000;

// Which characters occur, one bit each (some share a bit). An edit changes at most two bits.
uint64_t letters(std::string_view name) {
  uint64_t bits = 0;
  for (char c : name) bits |= uint64_t{1} << (static_cast<unsigned char>(lowered(c)) & 63U);
  return bits;
}

// Optimal string alignment distance regardless of case, or `limit + 1` where it is larger.
size_t editDistance(std::string_view a, std::string_view b, size_t limit) {
  std::array<std::array<size_t, kMaxLength + 1>, 3> rows;
  auto* beforeLast = &rows[0];
  auto* last = &rows[1];
  auto* row = &rows[2];
  for (size_t j = 0; j <= b.size(); ++j) (*last)[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    (*row)[0] = i;
    size_t best = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      char x = lowered(a[i - 1]);
      char y = lowered(b[j - 1]);
      size_t cost = std::min({(*last)[j] + 1, (*row)[j - 1] + 1, (*last)[j - 1] + (x == y ? 0 : 1)});
      if (i > 1 && j > 1 && x == lowered(b[j - 2]) && y == lowered(a[i - 2])) {
        cost = std::min(cost, (*beforeLast)[j - 2] + 1);
      }
      (*row)[j] = cost;
      best = std::min(best, cost);
    }
    if (best > limit) return limit + 1;
    std::swap(beforeLast, last);
    std::swap(last, row);
  }
  return (*last)[b.size()];
}

}  // namespace

std::optional<std::string> nearestName(std::string_view name, std::span<const std::string_view> candidates) {
  if (name.empty() || name.size() > kMaxLength) return std::nullopt;
  size_t limit = std::max<size_t>(1, name.size() / 3);
  // Changing the only letter of `x` gives every other letter: no suggestion at all.
  if (name.size() == 1) limit = 0;
  uint64_t nameLetters = letters(name);
  std::optional<std::string_view> nearest;
  int comparisons = 0;
  for (std::string_view candidate : candidates) {
    if (candidate.empty() || candidate.size() > name.size() + limit || name.size() > candidate.size() + limit) continue;
    if (candidate.size() > kMaxLength || candidate == name) continue;
    if (static_cast<size_t>(std::popcount(nameLetters ^ letters(candidate))) > 2 * limit) continue;
    if (++comparisons > kMaxComparisons) break;
    size_t distance = editDistance(name, candidate, limit);
    if (distance > limit) continue;
    nearest = candidate;
    // The first of the nearest wins.
    if (distance == 0) break;
    limit = distance - 1;
  }
  if (!nearest) return std::nullopt;
  return std::string(*nearest);
}

bool isSlip(std::string_view name, std::string_view meant) {
  if (name.size() > kMaxLength || meant.size() > kMaxLength) return false;
  size_t allowed = name.size() < 4 ? 0 : name.size() < 8 ? 1 : 2;
  size_t distance = editDistance(name, meant, allowed);
  if (distance == 0 || distance > allowed) return distance == 0;
  // A letter more or less at an end, another digit or a joined word make another function: exp2, rsqrt, indexOf.
  auto only = [](std::string_view text, auto isKept) {
    std::string kept;
    for (char c : text)
      if (isKept(c)) kept += lowered(c);
    return kept;
  };
  auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  auto isNoMark = [](char c) { return c != '_'; };
  std::string a = only(name, isNoMark);
  std::string b = only(meant, isNoMark);
  return only(name, isDigit) == only(meant, isDigit) && a != b && a.front() == b.front() && a.back() == b.back();
}

}  // namespace featc
