// SPDX-License-Identifier: Apache-2.0
// Errors of calls that can be told when there is no memory left.
#pragma once

#include <string_view>

#include "runtime/call_options.h"

namespace featc {

RunError outOfMemory() noexcept;
// `text`, or outOfMemory() where there is no memory for it.
RunError runError(std::string_view text, RunFailure kind = RunFailure::BadBatch) noexcept;
// For a handler: what the exception that is being handled says.
RunError currentError() noexcept;

}  // namespace featc
