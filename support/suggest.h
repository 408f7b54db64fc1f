// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the known name nearest to a mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace featc {

// The candidate with the smallest edit distance (transpositions count one), or nothing when none
// is near enough to be a plausible typo: at most a third of the name's length, at least one.
std::optional<std::string> nearestName(std::string_view name, std::span<const std::string_view> candidates);

// Whether `name` is `meant` but for letter case or a slip of the keyboard, so that it may be mended unasked: of short
// names one wrong letter makes another word.
bool isSlip(std::string_view name, std::string_view meant);

}  // namespace featc
