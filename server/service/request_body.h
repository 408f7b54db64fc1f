// SPDX-License-Identifier: Apache-2.0
// The body of a request as its sender meant it: unpacked where it was sent compressed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/service/dialect.h"

namespace featc {

// Replaces `body`, which was sent with this Content-Encoding, by what it holds; refuses what would be longer than
// `mostBytes`.
std::optional<Refusal> unpackBody(std::string_view encoding, size_t mostBytes, std::string& body);

}  // namespace featc
