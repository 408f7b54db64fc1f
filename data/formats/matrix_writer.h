// SPDX-License-Identifier: Apache-2.0
// Writes results as one row-major matrix, a row an item.
#pragma once

#include <memory>
#include <string>

#include "data/result_writer.h"
#include "support/error.h"

namespace featc {

enum class MatrixCell : uint8_t {
  F32,  // float32: dense outputs
  U64,  // 8 bytes: ids as they are, dense values as float64
};

// First one line of JSON, filled up with blanks to a multiple of 64 bytes, that names the columns; then the rows.
// A single id is one cell, 0 for none, a sequence as many as its length, filled up with 0. Fails where an
// output does not fit.
Expected<std::unique_ptr<ResultWriter>> newMatrixWriter(const ProgramInfo& info, MatrixCell cell);

}  // namespace featc
