// SPDX-License-Identifier: Apache-2.0
// The first line of CSV and TSV.
#pragma once

#include <span>
#include <string>

#include "support/error.h"

namespace featc {

// The columns' names, with `delimiter` between them and a line end behind. A comma is CSV's, where quotes are put
// around names that need them; a tab is TSV's, which has none: that fails with BadArgument where a name holds a tab or
// a line end.
Expected<std::string> cellHeader(std::span<const std::string> names, char delimiter);

}  // namespace featc
