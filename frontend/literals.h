// SPDX-License-Identifier: Apache-2.0
// Numbers and strings: from their text in a config to their value and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/diagnostics.h"

namespace featc {

// Nothing, and a report at `span`, where the value does not fit.
std::optional<int64_t> decodeInteger(std::string_view digits, bool negative, Span span, Diagnostics& diagnostics);
std::optional<double> decodeFloat(std::string_view text, Span span, Diagnostics& diagnostics);

// `literal` with its quotes, `"..."` or `r"..."`.
std::optional<std::string> decodeString(std::string_view literal, Span span, Diagnostics& diagnostics);

// A literal that decodes to these bytes.
std::string encodeString(std::string_view bytes);
std::string encodeFloat(double value);

}  // namespace featc
