// SPDX-License-Identifier: Apache-2.0
// The first line of CSV and TSV.
#pragma once

#include <span>
#include <string>

#include "support/error.h"

namespace featc {

// The columns' names, with `delimiter` between them and a line end behind. With a comma it is CSV, which quotes names
// that need it; with a tab it is TSV, which has no quotes: it fails with BadArgument where a name holds a tab or a line
// end.
Expected<std::string> cellHeader(std::span<const std::string> names, char delimiter);

}  // namespace featc
