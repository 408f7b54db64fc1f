// SPDX-License-Identifier: Apache-2.0
// Versions of the meaning, as `semantics N` of a config pins them. A version that was released never changes.
#pragma once

#include <cstdint>

namespace featc {

// 1: what a config without the line means, for ever.
// 2: texts of numbers and bools follow the grammar of data files (values/parse.h), in casts, parse_weights
//    and store fields; a member of a list of structs that the caller lacks as a column is missing in each element
//    (runtime/calls/absent_members.h).
inline constexpr uint32_t kUnwrittenSemantics = 1;
inline constexpr uint32_t kNewestSemantics = 2;

}  // namespace featc
