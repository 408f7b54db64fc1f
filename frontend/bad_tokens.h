// SPDX-License-Identifier: Apache-2.0
// Signs, numbers and strings that no config holds: what they are elsewhere, and what to write instead.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace featc {

class Diagnostics;
struct StatementTokens;
struct TokenFile;

// Bytes of the string in quotes of another kind that `line` starts with, 'x' or “x”; 0 where it starts with none.
size_t foreignStringBytes(std::string_view line);
// The quote of another kind that `line` starts with; empty where there is none.
std::string_view foreignQuote(std::string_view line);
// Such a string as it is written here.
std::string plainString(std::string_view foreign);

// The sign that the code point beyond ASCII at the start of a text stands for: `,` for `，`. Empty: none.
std::string_view signMeant(std::string_view text);

// What is wrong with a token of a statement for which isBadToken holds.
void reportBadToken(const TokenFile& file, const StatementTokens& statement, uint32_t token, Diagnostics& diagnostics);

// 'x' and “x”, those of a line together. They are read as strings all the same.
void reportForeignStrings(const TokenFile& file, Diagnostics& diagnostics);

// `// ...`, `-- ...` and `/* ... */`.
void reportForeignComments(const TokenFile& file, Diagnostics& diagnostics);

}  // namespace featc
