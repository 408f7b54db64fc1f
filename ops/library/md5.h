// SPDX-License-Identifier: Apache-2.0
// MD5 (RFC 1321), which other systems make buckets of; it protects nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace featc {

// The 16 bytes in the order in which they are written as hexadecimal digits.
std::array<uint8_t, 16> md5(std::string_view bytes);

}  // namespace featc
