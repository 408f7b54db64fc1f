// SPDX-License-Identifier: Apache-2.0
// A test's `--- check` section: what single lines of the output hold, where one fact matters and not the whole text.
#pragma once

#include <string>
#include <string_view>

namespace featc {

// `checks` has lines `check: TEXT`, for which a line of the output holds TEXT, below the line of the check before, and
// lines `never: TEXT`, for which no line does. Returns which is not so, or not written so; empty: all is.
std::string unmetChecks(std::string_view checks, std::string_view output);

}  // namespace featc
