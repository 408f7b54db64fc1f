// SPDX-License-Identifier: Apache-2.0
// What is known of the types of a phrase's parts before anything is parsed.
#pragma once

#include <string_view>

#include "frontend/phrase_matcher.h"

namespace featc {

// A token's text.
std::string_view word(const PhraseMatch& match, uint32_t token);
// The first word of the type that a name, or a field behind a dot, is declared with in the file; empty where nothing or
// several things say so.
std::string_view declaredType(const PhraseMatch& match, TokenRange range);
// Whether the tokens are a condition for sure.
bool isCondition(const PhraseMatch& match, TokenRange range);
// Whether the tokens are an int64 for sure, where what is in them is right.
bool isInteger(const PhraseMatch& match, TokenRange range);

}  // namespace featc
