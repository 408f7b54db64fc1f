// SPDX-License-Identifier: Apache-2.0
// Which form of an answer a client wants, by its Accept header.
#pragma once

#include <optional>
#include <string_view>

namespace featc {

enum class AnswerFormat { Json, TensorSequence };

// Of a Content-Type header.
const char* mediaType(AnswerFormat format);

// The form that the header prefers, JSON where it does not care; nothing: it takes none of them. An empty header takes
// all. As RFC 9110 has it: ranges with a quality, of which the most specific one counts for a type.
std::optional<AnswerFormat> wantedFormat(std::string_view accept);

}  // namespace featc
