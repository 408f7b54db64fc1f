// SPDX-License-Identifier: Apache-2.0
// Says where and why a text is not JSON: the parser only says that it is none.
#pragma once

#include <optional>
#include <string_view>

#include "fg/messages.h"

namespace featc::fg {

// The first mistake of a text; nothing where its form is right (what stands in strings is not looked at).
std::optional<Message> findJsonError(std::string_view text);

}  // namespace featc::fg
