// SPDX-License-Identifier: Apache-2.0
// How operators are written when not as calls, which their records say: `a + b`, `c ? a : b`, `x[i]`, `[...]`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace featc {

struct Operator;

// `?:` of `c ? a : b`: the form without its arguments.
std::string symbolOfForm(std::string_view form);
// Whether arguments stand at both ends, so that what is around may bind to one of them.
bool isInfix(const Operator& op);
// The form with these arguments. Nothing where there are too many or too few, or where the operator is called by its
// name.
std::optional<std::string> writtenWith(const Operator& op, std::span<const std::string> args);

}  // namespace featc
