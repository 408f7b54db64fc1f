// SPDX-License-Identifier: Apache-2.0
// Writes results as CSV or TSV, a row an item.
#pragma once

#include <memory>

#include "data/result_writer.h"
#include "support/error.h"

namespace featc {

// A header with the names of the outputs; ids joined by `|`, weighted ones as `id:weight`, dense
// values joined by `|`. No ids: an empty cell.
std::unique_ptr<ResultWriter> newCsvWriter(const ProgramInfo& info);
// The same as IANA has TSV: nothing is quoted. Fails where a name holds a tab or a line end; values hold neither.
Expected<std::unique_ptr<ResultWriter>> newTsvWriter(const ProgramInfo& info);

}  // namespace featc
