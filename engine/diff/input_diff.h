// SPDX-License-Identifier: Apache-2.0
// What two configs read, compared.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/diff/config_diff.h"
#include "ir/dependencies.h"

namespace featc {

// Fields that callers must supply or that an output reads, their order, and sources that an output reads. `readBefore`,
// `readAfter`: dependenciesOf() each config.
std::vector<Difference> differentInputs(const ProgramInfo& before, std::span<const Dependencies> readBefore,
                                        const ProgramInfo& after, std::span<const Dependencies> readAfter);

// What an output reads that it did not before, and the other way: `; reads item.tax too`. Empty: the same.
std::string otherReads(const ProgramInfo& before, const Dependencies& readBefore, const ProgramInfo& after,
                       const Dependencies& readAfter);

}  // namespace featc
