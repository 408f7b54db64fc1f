// SPDX-License-Identifier: Apache-2.0
// Rows of embeddings from two files of NumPy: ids [N] and vectors [N, dim].
#pragma once

#include <memory>
#include <string>

#include "server/embeddings/build/row_source.h"
#include "support/error.h"

namespace featc {

// Ids are uint64 or int64, vectors float32, float64 or float16, in C order, little-endian.
Expected<std::unique_ptr<RowSource>> openNumpyRows(const std::string& ids, const std::string& vectors);

}  // namespace featc
