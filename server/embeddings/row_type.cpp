// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/row_type.h"

#include <cstring>

namespace featc {

std::string_view rowTypeName(RowType type) { return type == RowType::Float32 ? "float32" : "bfloat16"; }

std::optional<RowType> parseRowType(std::string_view name) {
  for (RowType type : {RowType::Float32, RowType::BFloat16})
    if (name == rowTypeName(type)) return type;
  return std::nullopt;
}

std::string_view combinerName(Combiner combiner) { return combiner == Combiner::Sum ? "sum" : "mean"; }

std::optional<Combiner> parseCombiner(std::string_view name) {
  for (Combiner combiner : {Combiner::Sum, Combiner::Mean})
    if (name == combinerName(combiner)) return combiner;
  return std::nullopt;
}

void encodeRow(RowType type, const float* row, uint32_t dim, std::byte* out) {
  if (type == RowType::Float32) {
    std::memcpy(out, row, rowBytes(type, dim));
    return;
  }
  for (uint32_t i = 0; i < dim; ++i) {
    const uint16_t number = toBFloat16(row[i]);
    std::memcpy(out + i * sizeof number, &number, sizeof number);
  }
}

void decodeRow(RowType type, const std::byte* row, uint32_t dim, float* out) {
  if (type == RowType::Float32) {
    std::memcpy(out, row, rowBytes(type, dim));
    return;
  }
  for (uint32_t i = 0; i < dim; ++i) {
    uint16_t number;
    std::memcpy(&number, row + i * sizeof number, sizeof number);
    out[i] = fromBFloat16(number);
  }
}

}  // namespace featc
