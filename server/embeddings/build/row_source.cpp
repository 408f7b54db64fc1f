// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/row_source.h"

#include <fmt/format.h>

#include <cmath>

namespace featc {

std::string rowProblem(RowType type, uint64_t id, std::span<const float> numbers) {
  for (size_t k = 0; k < numbers.size(); ++k) {
    const bool isFinite = std::isfinite(numbers[k]);
    if (isFinite && (type == RowType::Float32 || std::isfinite(fromBFloat16(toBFloat16(numbers[k]))))) continue;
    return fmt::format("number {} of the vector of id {} is {}{}", k + 1, id, numbers[k],
                       isFinite ? ", which is beyond bfloat16" : "");
  }
  return {};
}

Error rowError(const RowSource& source, const RowBatch& batch, size_t i, const std::string& what) {
  return {fmt::format("{}: row {}: {}", source.file(), batch.firstRow + i, what), ErrorCode::BadArgument,
          source.file()};
}

}  // namespace featc
