// SPDX-License-Identifier: Apache-2.0
// What types are called elsewhere, and how they are written here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "frontend/statement_splitter.h"

namespace featc {

// The type that `word` is in other languages or in this one: `int64` for `BIGINT`; empty for other words.
std::string_view typeMeant(std::string_view word);
// The operator that makes a value of that type, `int` for `BIGINT`; empty where none does.
std::string_view castMeant(std::string_view word);

// Tokens [begin, end) as a type of this language where they are one of another: `list<int64>?` for
// `Optional[List[int]]`, `string` for `VARCHAR(20) NOT NULL`.
std::optional<std::string> typeMeant(const TokenFile& file, uint32_t begin, uint32_t end);

}  // namespace featc
