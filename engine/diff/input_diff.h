// SPDX-License-Identifier: Apache-2.0
// What two configs read, compared.
#pragma once

#include <string>
#include <vector>

#include "engine/diff/config_diff.h"
#include "ir/dependencies.h"

namespace featc {

// Fields that callers must supply or that an output reads, and sources that an output reads.
std::vector<Difference> differentInputs(const Graph& before, const Graph& after);

// What an output reads that it did not before, and the other way: `; reads item.tax too`. Empty: the same.
std::string otherReads(const ProgramInfo& before, const Dependencies& readBefore, const ProgramInfo& after,
                       const Dependencies& readAfter);

}  // namespace featc
