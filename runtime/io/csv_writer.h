// SPDX-License-Identifier: Apache-2.0
// Writes results as CSV or TSV, a row an item.
#pragma once

#include <memory>

#include "runtime/io/result_writer.h"

namespace featc {

// A header with the names of the outputs; ids joined by `|`, weighted ones as `id:weight`, dense
// values joined by `|`. No ids: an empty cell.
std::unique_ptr<ResultWriter> newCsvWriter(const ProgramInfo& info, char delimiter = ',');

}  // namespace featc
