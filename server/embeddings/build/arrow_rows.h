// SPDX-License-Identifier: Apache-2.0
// Rows of embeddings from a stream of Arrow record batches.
#pragma once

#include <memory>
#include <string>

#include "data/arrow/arrow_reader.h"
#include "server/embeddings/build/row_source.h"
#include "support/error.h"

namespace featc {

// Which columns have the ids and the vectors.
struct RowColumns {
  std::string id = "id";
  std::string vector = "vector";
};

// Ids are integers; int64 stands for the uint64 of the same bits. Vectors are lists of numbers, all equally long.
// `file` is the name in messages.
Expected<std::unique_ptr<RowSource>> openArrowRows(ArrowInput in, std::string file, const RowColumns& columns);

}  // namespace featc
