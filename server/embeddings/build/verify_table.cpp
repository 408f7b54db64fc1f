// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/verify_table.h"

#include <fmt/format.h>

#include <vector>

#include "server/embeddings/build/row_source.h"

namespace featc {

std::string tableProblem(const EmbeddingTable& table) {
  std::vector<float> row(table.dim());
  for (uint64_t b = 0; b < table.header().buckets; ++b) {
    const TableBucket& bucket = table.index().buckets[b];
    for (uint32_t i = 0; i < bucket.count(); ++i) {
      const uint64_t id = bucket.ids[i];
      const std::byte* bytes = table.index().rows + (bucket.firstRow() + i) * table.index().rowBytes;
      if (table.find(id) != bytes) return fmt::format("a lookup of id {} does not find its row", id);
      decodeRow(table.type(), bytes, table.dim(), row.data());
      if (std::string problem = rowProblem(table.type(), id, row); !problem.empty()) return problem;
    }
  }
  return {};
}

}  // namespace featc
