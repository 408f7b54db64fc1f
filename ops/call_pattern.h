// SPDX-License-Identifier: Apache-2.0
// Calls that records propose in place of others: `topk_by(map_keys($0), map_values($0), $1)`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace featc {

// The text of argument `arg`, or with `inner` of that argument of the call that it is; nothing where there is none.
using ArgumentText = std::function<std::optional<std::string>(uint32_t arg, std::optional<uint32_t> inner)>;

// The pattern with every `$0` and `$0.1` filled in; nothing where one of them is not there.
std::optional<std::string> fillCall(std::string_view pattern, const ArgumentText& textOf);
// `sum(int(x))`: the pattern as people read it.
std::string shownCall(std::string_view pattern);
// `sort_by` of `sort_by($0, $1)`.
std::string_view calledOperator(std::string_view pattern);
// Whether the pattern has a place for argument `arg`.
bool keepsArgument(std::string_view pattern, uint32_t arg);

}  // namespace featc
