// SPDX-License-Identifier: Apache-2.0
// Members of a list of structs that the caller does not have, while it has others of the same list.
#pragma once

#include <span>

#include "runtime/batch.h"
#include "runtime/program_info.h"
#include "values/arena.h"

namespace featc {

// The batch's columns. From semantics 2 on, an absent member of an optional list of structs is the list whose elements
// are all missing, as JSON without that key has it; in semantics 1 the list is missing. What is made lies in the arena.
// `lists`: all lists of structs among the inputs.
std::span<const ColumnData> withAbsentMembers(const ProgramInfo& info, std::span<const StructList> lists,
                                              const Batch& batch, Arena& arena);

}  // namespace featc
