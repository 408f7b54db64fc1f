// SPDX-License-Identifier: Apache-2.0
// Whether every row of a table is found by its id, and has numbers only.
#pragma once

#include <string>

#include "server/embeddings/table.h"

namespace featc {

// What opening a table does not look at. Empty: all is well.
std::string tableProblem(const EmbeddingTable& table);

}  // namespace featc
