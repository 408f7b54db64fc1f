// SPDX-License-Identifier: Apache-2.0
// Errors of calls that can be told when there is no memory left.
#pragma once

#include <string_view>

#include "support/error.h"

namespace featc {

Error outOfMemory() noexcept;
// `text`, or outOfMemory() where there is no memory for it.
Error runError(std::string_view text, ErrorCode code = ErrorCode::BadBatch) noexcept;
// For a handler: what the exception that is being handled says.
Error currentError() noexcept;

}  // namespace featc
